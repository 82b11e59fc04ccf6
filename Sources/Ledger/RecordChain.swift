import Crypto
package import Foundation
package import JobModel

/// One entry of the record: something that a job of a tenant was told to have done, in the order in which it was decided.
///
/// Each entry holds the hash of the one before it, so that nobody can change, drop or insert one unseen. Only the end can
/// be cut off: keep the last hash elsewhere, and `verify` with it.
package struct RecordEntry: Sendable, Equatable {
    /// The tenant, whose chain it is in.
    package let tenant: TenantID
    /// Its place in the chain, from 1 without gaps.
    package let position: Int
    /// The hash of the entry before it; zeros for the first.
    package let previous: String
    /// The job.
    package let job: JobID
    /// The job's run.
    package let replay: Int
    /// The id of the event or result.
    package let message: String
    /// Its type: `events.tenant.changed.v1`.
    package let type: String
    /// When it was decided.
    package let time: Date
    /// The message's body; of a large one its length and SHA-256, as JSON.
    package let body: [UInt8]
    /// Its own hash, see ``RecordChain``.
    package let hash: String
}

/// How entries hang together; pure.
///
/// An entry's hash is SHA-256, in lower-case hexadecimal digits, of these, with a line feed between them: the hash before,
/// tenant, position, job, run, message id, type, time (RFC 3339 with milliseconds), body. Anyone can compute it.
package enum RecordChain {
    /// The hash before the first entry.
    package static let start = String(repeating: "0", count: 64)
    /// The largest body that is kept whole; of a page of a directory only the digest stays.
    private static let bodyBytesMax = 16_384

    /// The entry that follows another one.
    static func entry(
        after previous: (position: Int, hash: String)?,
        of run: JobRun,
        _ message: OutboundMessage
    ) -> RecordEntry {
        let unhashed = RecordEntry(
            tenant: run.tenant,
            position: (previous?.position ?? 0) + 1,
            previous: previous?.hash ?? self.start,
            job: run.job,
            replay: run.replay,
            message: message.id ?? "",
            type: message.type ?? "",
            time: Date(timeIntervalSince1970: (message.time.timeIntervalSince1970 * 1_000).rounded() / 1_000),
            body: self.kept(message.body),
            hash: ""
        )
        return RecordEntry(unhashed, hash: self.hash(of: unhashed))
    }

    /// The hash that an entry has to have.
    package static func hash(of entry: RecordEntry) -> String {
        let parts = [
            entry.previous, "\(entry.tenant)", "\(entry.position)", "\(entry.job)", "\(entry.replay)", entry.message,
            entry.type, Timestamp.text(entry.time),
        ]
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part)\n".utf8)) }
        hash.update(data: entry.body)
        return self.hexadecimal(hash.finalize())
    }

    private static func kept(_ body: [UInt8]) -> [UInt8] {
        guard body.count > self.bodyBytesMax else { return body }
        return Array("{\"bytes\":\(body.count),\"sha256\":\"\(self.hexadecimal(SHA256.hash(data: body)))\"}".utf8)
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Checks chains entry by entry, in the order in which they were exported.
package struct RecordCheck: Sendable {
    /// What is wrong with an entry.
    package struct Break: Sendable, Equatable, Codable {
        /// The line of the file, or the entry's place, from 1.
        package let line: Int
        /// What is wrong, in one sentence.
        package let reason: String
    }

    /// The last good position and hash of each tenant, as text.
    package private(set) var heads: [String: (position: Int, hash: String)] = [:]
    /// How many entries were looked at.
    package private(set) var count = 0
    /// What is wrong; empty when everything hangs together.
    package private(set) var breaks: [Break] = []

    /// Begins with no entry seen.
    package init() {}

    /// Looks at the next entry; nil stands for a line that is none.
    package mutating func look(at entry: RecordEntry?, line: Int) {
        self.count += 1
        guard let entry else {
            return self.breaks.append(Break(line: line, reason: "the line is no entry of a record"))
        }
        let tenant = "\(entry.tenant)"
        if RecordChain.hash(of: entry) != entry.hash {
            self.breaks.append(Break(line: line, reason: "entry \(entry.position) of \(tenant) was changed"))
        } else if let head = self.heads[tenant], head.hash != entry.previous || head.position + 1 != entry.position {
            let reason = "entry \(entry.position) of \(tenant) does not follow entry \(head.position)"
            self.breaks.append(Break(line: line, reason: reason))
        } else if self.heads[tenant] == nil, entry.position == 1, entry.previous != RecordChain.start {
            self.breaks.append(Break(line: line, reason: "the first entry of \(tenant) has something before it"))
        }
        self.heads[tenant] = (entry.position, entry.hash)
    }
}

extension RecordEntry {
    fileprivate init(_ entry: RecordEntry, hash: String) {
        self.init(
            tenant: entry.tenant,
            position: entry.position,
            previous: entry.previous,
            job: entry.job,
            replay: entry.replay,
            message: entry.message,
            type: entry.type,
            time: entry.time,
            body: entry.body,
            hash: hash
        )
    }

    private struct Line: Codable {
        let tenant: String
        let position: Int
        let previous: String
        let job: String
        let replay: Int
        let message: String
        let type: String
        let time: String
        let body: String
        let hash: String
    }

    /// The entry as a line of JSON, without its end.
    package func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            tenant: "\(self.tenant)",
            position: self.position,
            previous: self.previous,
            job: "\(self.job)",
            replay: self.replay,
            message: self.message,
            type: self.type,
            time: Timestamp.text(self.time),
            body: String(decoding: self.body, as: UTF8.self),
            hash: self.hash
        )
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }

    /// Reads such a line; nil for anything else.
    package init?(line: some StringProtocol) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)),
            let tenant = TenantID(line.tenant), let job = JobID(line.job), let time = Timestamp.date(line.time)
        else { return nil }
        self.init(
            tenant: tenant,
            position: line.position,
            previous: line.previous,
            job: job,
            replay: line.replay,
            message: line.message,
            type: line.type,
            time: time,
            body: Array(line.body.utf8),
            hash: line.hash
        )
    }
}
