import Crypto
import Foundation
package import JobModel

/// What a campaign sends: any number of mailboxes cut into jobs.
///
/// A job's id is made of what it does and of the campaign it is part of, so that sending it twice has one effect and a
/// campaign that was interrupted goes on where it was.
package struct CampaignPlan: Sendable {
    /// One job of the campaign.
    package struct Job: Sendable, Equatable {
        /// Made of its content: what the campaign's files call it.
        package let key: JobID
        /// Under which it is sent: its key at first, another in each further round.
        package let id: JobID
        /// How many mailboxes it names.
        package let targets: Int
        /// The raw JSON of its `data`.
        package let data: [UInt8]

        /// A job as it is sent the first time.
        package init(key: JobID, targets: Int, data: [UInt8]) {
            self.init(key: key, id: key, targets: targets, data: data)
        }

        private init(key: JobID, id: JobID, targets: Int, data: [UInt8]) {
            self.key = key
            self.id = id
            self.targets = targets
            self.data = data
        }

        /// The same job to be sent once more: under its old id workers would know it as done.
        package func again(in round: Int) -> Job {
            var hash = SHA256()
            hash.update(data: Data("sluice campaign 1 round \(round)\n\(self.key)\n".utf8))
            return Job(key: self.key, id: JobID(hash.finalize()), targets: self.targets, data: self.data)
        }
    }

    /// How many mailboxes a job may name.
    package static let targetsMax = 1_000

    /// What every job of the campaign is: `pull-message` or `restore-message`.
    package let type: JobType
    /// For which tenant.
    package let tenant: TenantID
    /// The name of the campaign.
    package let campaign: String
    /// In the order they are sent.
    package let jobs: [Job]
    /// How many mailboxes there are in all.
    package var targets: Int { self.jobs.reduce(0) { $0 + $1.targets } }
    /// Says whether two plans are the same: hexadecimal digits.
    package var digest: String {
        var hash = SHA256()
        for job in self.jobs { hash.update(data: Data(job.key.description.utf8)) }
        return hash.finalize().prefix(16).map { String(format: "%02x", $0) }.joined()
    }

    private struct PullTarget: Encodable {
        let mailbox: String
        let receivedAfter: String?
        let receivedBefore: String?
    }

    /// Cuts a list into pull jobs: one for each message and each thousand mailboxes.
    ///
    /// `data` is a JSON object with the members that all jobs share; `internetMessageId` in it counts for lines that name
    /// none. Every job is checked as its executor will check it.
    package init(
        pulling list: CampaignList,
        campaign: String,
        type: JobType,
        tenant: TenantID,
        data: [UInt8],
        targetsPerJob: Int = CampaignPlan.targetsMax
    ) throws(CampaignError) {
        let shared = try Self.members(of: data, without: ["targets", "campaign", "internetMessageId"])
        let message = try Self.messageID(in: data)
        var order: [String] = []
        var byMessage: [String: [PullTarget]] = [:]
        for target in list.targets {
            guard let id = target.internetMessageID ?? message else {
                throw CampaignError(
                    .job,
                    "neither the list nor --data says which message: internetMessageId is missing"
                )
            }
            if byMessage[id] == nil { order.append(id) }
            byMessage[id, default: []].append(
                PullTarget(
                    mailbox: target.mailbox,
                    receivedAfter: target.receivedAfter,
                    receivedBefore: target.receivedBefore
                )
            )
        }
        var jobs: [Job] = []
        let maker = JobMaker(type: type, tenant: tenant, campaign: campaign, shared: shared)
        for id in order {
            for part in (byMessage[id] ?? []).parts(of: targetsPerJob) {
                jobs.append(
                    try maker.job(targets: part.count) { writer throws(CampaignError) in
                        writer.member("internetMessageId", text: id)
                        writer.member(rawName: "targets", raw: try Self.json(part))
                    }
                )
            }
        }
        self.init(type: type, tenant: tenant, campaign: campaign, jobs: jobs)
    }

    /// Cuts the mailboxes of a list into restore jobs, each mailbox once.
    package init(
        restoring list: CampaignList,
        campaign: String,
        type: JobType,
        tenant: TenantID,
        data: [UInt8],
        targetsPerJob: Int = CampaignPlan.targetsMax
    ) throws(CampaignError) {
        let taken = ["mailboxes", "campaign", "internetMessageId", "pullJob"]
        let shared = try Self.members(of: data, without: Set(taken))
        var seen: Set<String> = []
        let mailboxes = list.targets.map(\.mailbox).filter { seen.insert($0.lowercased()).inserted }
        var jobs: [Job] = []
        let maker = JobMaker(type: type, tenant: tenant, campaign: campaign, shared: shared)
        for part in mailboxes.parts(of: targetsPerJob) {
            jobs.append(
                try maker.job(targets: part.count) { writer throws(CampaignError) in
                    writer.member(rawName: "mailboxes", raw: try Self.json(part))
                }
            )
        }
        self.init(type: type, tenant: tenant, campaign: campaign, jobs: jobs)
    }

    private init(type: JobType, tenant: TenantID, campaign: String, jobs: [Job]) {
        self.type = type
        self.tenant = tenant
        self.campaign = campaign
        self.jobs = jobs
    }

    private static func messageID(in data: [UInt8]) throws(CampaignError) -> String? {
        struct Shape: Decodable { let internetMessageId: String? }
        do {
            return try JSONDecoder().decode(Shape.self, from: Data(data)).internetMessageId
        } catch {
            throw CampaignError(.job, "--data is not a JSON object, or its internetMessageId is not a text")
        }
    }

    private static func members(of data: [UInt8], without taken: Set<String>) throws(CampaignError) -> [UInt8] {
        do {
            let scan = try JSONScan(data)
            var writer = JSONObjectWriter()
            writer.members(of: scan, without: taken)
            return writer.finish()
        } catch {
            throw CampaignError(.job, "--data is not a JSON object: at byte \(error.offset), \(error.reason)")
        }
    }

    private static func json(_ values: some Encodable) throws(CampaignError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(values))
        } catch {
            throw CampaignError(.job, "a job's mailboxes cannot be written as JSON: \(error)")
        }
    }
}

/// Makes the jobs of one campaign.
private struct JobMaker {
    let type: JobType
    let tenant: TenantID
    let campaign: String
    let shared: [UInt8]

    func job(
        targets: Int,
        _ fill: (inout JSONObjectWriter) throws(CampaignError) -> Void
    ) throws(CampaignError) -> CampaignPlan.Job {
        var writer = JSONObjectWriter()
        writer.member("campaign", text: self.campaign)
        try fill(&writer)
        writer.members(of: self.shared)
        let data = writer.finish()
        let id = self.id(of: data)
        do throws(Problem) {
            _ = try Submission(id: id, type: self.type, tenant: self.tenant, data: data, dryRun: false)
        } catch {
            throw CampaignError(.job, error.detail)
        }
        return CampaignPlan.Job(key: id, targets: targets, data: data)
    }

    private func id(of data: [UInt8]) -> JobID {
        var hash = SHA256()
        hash.update(data: Data("sluice campaign 1\n\(self.tenant)\n\(self.type.rawValue)\n\(self.campaign)\n".utf8))
        hash.update(data: data)
        return JobID(hash.finalize())
    }
}

extension JobID {
    /// A UUID of version 8, whose bits are the maker's own (RFC 9562 §5.8): of a digest of all that the job is.
    fileprivate init(_ digest: SHA256.Digest) {
        var bytes = Array(digest.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.init(UUID(uuid: bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }))
    }
}

extension Array {
    fileprivate func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: size).map { Array(self[$0..<Swift.min($0 + size, self.count)]) }
    }
}
