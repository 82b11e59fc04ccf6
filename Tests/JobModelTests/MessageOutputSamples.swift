import Foundation

@testable import JobModel

/// Results and events of the message jobs with everything in them, for the schemas to judge.
enum MessageOutputSamples {
    private static let time = Date(timeIntervalSince1970: 1_795_402_800.125)
    private static let user = "8c1f7a52-0d5e-4b7a-9f0c-2a6d1e3b4c5d"

    static func results(replay: Int) throws -> [String: [UInt8]] {
        [
            "pulled.\(replay)": try self.result(.pullMessage, replay, self.output(PullDisposition.self)),
            "restored.\(replay)": try self.result(.restoreMessage, replay, self.output(RestoreDisposition.self)),
        ]
    }

    static func events() -> [CopiesMoved] {
        let copy = CopiesMoved.Copy(mailbox: "o'hara@contoso.com", mailboxID: self.user, copyID: "AAk_-=")
        return [
            CopiesMoved(campaign: nil, copies: [copy]),
            CopiesMoved(campaign: "c:1", copies: Array(repeating: copy, count: CopiesMoved.copiesMax)),
        ]
    }

    /// A row for every disposition; the first with every member.
    static func output<D>(_: D.Type) -> MessageOutput<D>
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        var rows = D.allCases.enumerated().map { index, disposition in
            CopyDisposition(target: index, mailbox: "a@contoso.com", mailboxID: nil, disposition: disposition)
        }
        rows[0].mailboxID = self.user
        rows[0].copyID = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A="
        rows[0].note = .twinRemoved
        rows[0].before = MailboxRead(at: self.time, requestID: nil, folderID: nil)
        rows[0].after = MailboxRead(at: self.time, requestID: "r-1", folderID: "f-1")
        if D.self == RestoreDisposition.self {
            rows[0].folder = "Posteingang/Kunden"
            rows[0].kept = ["isRead", "flag", "categories"]
        }
        return MessageOutput(dryRun: false, targets: rows.count, isAbridged: false, dispositions: rows)
    }

    private static func result(_ type: JobType, _ replay: Int, _ output: some Encodable) throws -> [UInt8] {
        try JobMessages(worker: "worker-1").result(
            of: JobRun(job: JobID(UUID()), type: type, tenant: TenantID(UUID()), replay: replay),
            outcome: .succeeded,
            attempt: 2,
            startedAt: self.time,
            finishedAt: self.time,
            output: [UInt8](try JSONEncoder().encode(output)),
            problem: nil
        )
    }
}
