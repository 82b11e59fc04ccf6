package import Foundation

/// A job as it arrived: a CloudEvents 1.0 envelope in structured JSON, its `data` left as bytes.
///
/// CloudEvents specification 1.0.2, JSON event format. Readers pass over attributes they do not know.
///
///     let envelope = try Envelope(body)
///     envelope.type            // .connectTenant
///     envelope.tenant          // the `subject`
///     envelope.data            // raw JSON, decoded by the executor alone
package struct Envelope: Sendable {
    /// The largest message a job may be when it is sent.
    package static let bytesMax = 1_048_576
    /// How much larger a job may be that has been on its way and carries what it remembers.
    package static let memoBytesMax = 65_536
    /// The longest that `id`, `type`, `source`, `subject` and `time` may be, in characters.
    package static let attributeLengthMax = 256

    /// The job's id, from `id`.
    package let id: JobID
    /// What to do, from `type`.
    package let type: JobType
    /// Who asked, from `source`.
    package let source: String
    /// For which tenant, from `subject`.
    package let tenant: TenantID
    /// When it was asked, from `time`.
    package let time: Date
    /// What an earlier run left behind; `Memo.none` for a new job.
    package let memo: Memo
    /// The raw JSON of `data`, known to be an object.
    package let data: ArraySlice<UInt8>

    private let scan: JSONScan

    /// Who put a message on its way, which decides what in it is believed.
    package enum Origin: Sendable, Hashable {
        /// Whoever may send jobs: nothing that the runtime writes is taken from it.
        case console
        /// A worker or the dead-letter service, which alone may publish to the delay ladder.
        case runtime
    }

    /// Reads a message body.
    ///
    /// Throws a problem that names the attribute when the body is too large, not JSON, or not an envelope of a job, and when a
    /// console has sent a `memo`.
    package init(_ body: [UInt8], from origin: Origin) throws(Problem) {
        guard body.count <= Self.bytesMax + Self.memoBytesMax else { throw Self.tooLarge(body) }
        let scan = try Self.scan(body)
        guard body.count <= Self.bytesMax || scan.raw("memo") != nil else { throw Self.tooLarge(body) }
        self.type = try Self.type(scan)
        guard let id = JobID(try Self.text("id", in: scan)) else {
            throw Problem(.invalidEnvelope, "`id` is not a UUID.")
        }
        guard let tenant = TenantID(try Self.text("subject", in: scan)) else {
            throw Problem(.invalidTenant, "`subject` is not a tenant GUID.")
        }
        guard let time = Timestamp.date(try Self.text("time", in: scan)) else {
            throw Problem(.invalidEnvelope, "`time` is not an RFC 3339 timestamp.")
        }
        self.id = id
        self.tenant = tenant
        self.time = time
        self.source = try Self.text("source", in: scan)
        self.memo = try Self.memo(scan, from: origin)
        self.data = try Self.data(scan)
        self.scan = scan
    }

    private static func tooLarge(_ body: [UInt8]) -> Problem {
        Problem(.bodyTooLarge, "The body has \(body.count) bytes; the limit is \(self.bytesMax).")
    }

    /// The same message with another memo, ready to be published again.
    ///
    /// Every other member is kept byte for byte.
    package func body(memo: Memo) throws -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.members(of: self.scan, without: ["memo"])
        writer.member("memo", text: try memo.text())
        return writer.finish()
    }

    /// The body without its `memo`, which counts for nothing where it is not known who wrote it.
    ///
    /// Every other member is kept byte for byte; a body that is no JSON object stays as it is.
    package static func withoutMemo(_ body: [UInt8]) -> [UInt8] {
        guard body.count <= Self.bytesMax + Self.memoBytesMax, let scan = try? JSONScan(body), scan.raw("memo") != nil
        else { return body }
        var writer = JSONObjectWriter()
        writer.members(of: scan, without: ["memo"])
        return writer.finish()
    }

    /// The attributes that can be read from a body whatever else is wrong with it: for a dead letter's properties.
    package static func salvage(_ body: [UInt8]) -> (id: String?, type: String?, subject: String?) {
        guard body.count <= Self.bytesMax + Self.memoBytesMax, let scan = try? JSONScan(body) else {
            return (nil, nil, nil)
        }
        func short(_ name: String) -> String? { scan.plainText(name).flatMap { $0.utf8.count <= 200 ? $0 : nil } }
        return (short("id"), short("type"), short("subject"))
    }

    private static func scan(_ body: [UInt8]) throws(Problem) -> JSONScan {
        let scan: JSONScan
        do {
            scan = try JSONScan(body)
        } catch {
            throw Problem(.notJSON, "The body is not a JSON object: at byte \(error.offset), \(error.reason).")
        }
        // `"\u0069d"` is a second `id` to some readers; no attribute of CloudEvents needs an escape.
        if scan.members.contains(where: { $0.name.utf8.contains(UInt8(ascii: "\\")) }) {
            throw Problem(.invalidEnvelope, "An attribute's name is written with an escape.")
        }
        return scan
    }

    private static func text(_ name: String, in scan: JSONScan) throws(Problem) -> String {
        guard scan.raw(name) != nil else { throw Problem(.invalidEnvelope, "`\(name)` is missing.") }
        guard let text = scan.text(name), PayloadRule.isVisible(text, maximum: Self.attributeLengthMax) else {
            throw Problem(
                .invalidEnvelope,
                "`\(name)` is not a string of 1 to \(Self.attributeLengthMax) visible ASCII characters."
            )
        }
        return text
    }

    private static func type(_ scan: JSONScan) throws(Problem) -> JobType {
        guard try self.text("specversion", in: scan) == "1.0" else {
            throw Problem(.invalidEnvelope, "`specversion` is not \"1.0\".")
        }
        let text = try self.text("type", in: scan)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "jobs", let type = JobType(rawValue: String(parts[1])) else {
            throw Problem(.unknownJobType, "`type` names no job these workers know: \(text.prefix(100)).")
        }
        guard text == type.messageType else {
            throw Problem(.unsupportedVersion, "`type` is \(text.prefix(100)); these workers read \(type.messageType).")
        }
        return type
    }

    private static func memo(_ scan: JSONScan, from origin: Origin) throws(Problem) -> Memo {
        guard scan.raw("memo") != nil else { return .none }
        guard origin == .runtime else {
            throw Problem(
                .invalidEnvelope,
                "`memo` came with a new job; only workers and the dead-letter service write it. Send the job without `memo`."
            )
        }
        guard let text = scan.text("memo"), let memo = Memo(text: text) else {
            throw Problem(
                .invalidEnvelope,
                "`memo` is not what a worker writes, or holds a value out of bounds. Send the job again without `memo`."
            )
        }
        return memo
    }

    private static func data(_ scan: JSONScan) throws(Problem) -> ArraySlice<UInt8> {
        if scan.raw("datacontenttype") != nil, scan.text("datacontenttype") != "application/json" {
            throw Problem(.invalidEnvelope, "`datacontenttype` is not \"application/json\".")
        }
        guard let data = scan.raw("data") else { throw Problem(.invalidEnvelope, "`data` is missing.") }
        guard data.first == UInt8(ascii: "{") else { throw Problem(.invalidEnvelope, "`data` is not an object.") }
        return data
    }
}
