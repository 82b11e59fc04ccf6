package import Foundation
package import JobModel

/// One event as the notifier took it from its queue: a request to tell people, or the death of a job.
///
/// A death becomes a request for the operators here, so that everything after this line knows requests alone.
package struct Notice: Sendable {
    /// The event's id; the same however often it is delivered.
    package let id: String
    /// What is told once: the run of the job and the template.
    ///
    /// Two events may ask for the same, as when a job is taken over by another host after it had asked.
    package let key: String
    /// The tenant it is about.
    package let tenant: TenantID
    /// The job it is about.
    package let job: JobID
    /// What the job does, by its name.
    package let jobType: String
    /// When the event was sent.
    package let time: Date
    /// Who is told what.
    package private(set) var request: NotificationRequested
    private let scan: JSONScan
    private let dataScan: JSONScan

    private struct Death: JobPayload {
        let problem: Problem?
        func violation() -> String? { nil }
    }

    /// Reads a message; throws a problem that names the member when it is no event the notifier knows.
    ///
    /// A death has `operators` for recipients, which may be none.
    package init(_ body: [UInt8], operators: [String]) throws(Problem) {
        self.scan = try Self.scan(body)
        self.id = try Self.text("id", in: self.scan)
        guard self.id.utf8.allSatisfy({ Self.isPlain($0) }) else {
            throw Problem(.invalidEnvelope, "`id` is not the id of an event.")
        }
        guard let tenant = TenantID(try Self.text("subject", in: self.scan)) else {
            throw Problem(.invalidTenant, "`subject` is not a tenant GUID.")
        }
        guard let time = Timestamp.date(try Self.text("time", in: self.scan)) else {
            throw Problem(.invalidEnvelope, "`time` is not an RFC 3339 timestamp.")
        }
        guard let raw = self.scan.raw("data"), let data = try? JSONScan(Array(raw)) else {
            throw Problem(.invalidEnvelope, "`data` is not an object.")
        }
        guard let job = data.text("job").flatMap({ JobID($0) }) else {
            throw Problem(.invalidPayload, "`data.job` is not a UUID.")
        }
        guard let type = data.text("type"), PayloadRule.isName(type, maximum: 100) else {
            throw Problem(.invalidPayload, "`data.type` is not a job type's name.")
        }
        self.dataScan = data
        (self.tenant, self.time, self.job, self.jobType) = (tenant, time, job, type)
        self.request = try Self.request(try Self.text("type", in: self.scan), data: raw, operators: operators)
        self.key = Self.key(id: self.id, job: job, template: self.request.template)
    }

    /// The job's type and what it died of; nil when it tells of anything but a death.
    package var deathKind: String? {
        guard self.request.template == NotificationTemplate.jobDied.rawValue,
            case .text(let code)? = self.request.values["code"]
        else { return nil }
        return "\(self.jobType) \(code.prefix(100))"
    }

    /// A death that also tells of so many others; any other notice as it is.
    package func telling(untold: Int) -> Notice {
        guard self.deathKind != nil else { return self }
        var notice = self
        var values = self.request.values
        values["untold"] = NotificationValue(untold > 0 ? "\(untold)" : "")
        notice.request = NotificationRequested(
            template: self.request.template,
            recipients: self.request.recipients,
            language: self.request.language,
            values: values
        )
        return notice
    }

    /// The same request for fewer recipients, ready to be published again.
    package func body(recipients: [String]) throws -> [UInt8] {
        var data = JSONObjectWriter()
        for name in ["job", "type", "attempt", "sequence"] {
            if let value = self.dataScan.raw(name) { data.member(rawName: name, raw: value) }
        }
        data.member("terminal", truth: false)
        let request = NotificationRequested(
            template: self.request.template,
            recipients: recipients,
            language: self.request.language,
            values: self.request.values
        )
        data.members(of: Array(try JSONEncoder().encode(request)))
        var writer = JSONObjectWriter()
        writer.members(of: self.scan, without: ["type", "data", "memo"])
        writer.member("type", text: JobEventName.notificationRequested.messageType)
        writer.member(rawName: "data", raw: data.finish())
        return writer.finish()
    }

    private static func request(
        _ type: String,
        data: ArraySlice<UInt8>,
        operators: [String]
    ) throws(Problem) -> NotificationRequested {
        switch type {
        case JobEventName.notificationRequested.messageType: return try NotificationRequested(data: data)
        case JobEventName.jobDied.messageType:
            let problem = try Death(data: data).problem ?? Problem(.internalError, "")
            return NotificationRequested(
                .jobDied(problem, untold: 0),
                recipients: operators,
                customer: nil,
                language: nil
            )
        default:
            throw Problem(.invalidEnvelope, "`type` names no event that the notifier knows: \(type.prefix(100)).")
        }
    }

    /// `<job>.r1.end` belongs to the run `<job>.r1`.
    private static func key(id: String, job: JobID, template: String) -> String {
        let parts = id.split(separator: ".")
        let run = parts.count > 2 && parts[1].hasPrefix("r") ? "\(job).\(parts[1])" : "\(job)"
        return "\(run) \(template)"
    }

    private static func scan(_ body: [UInt8]) throws(Problem) -> JSONScan {
        guard body.count <= Envelope.bytesMax else {
            throw Problem(.bodyTooLarge, "The body has \(body.count) bytes; the limit is \(Envelope.bytesMax).")
        }
        do {
            return try JSONScan(body)
        } catch {
            throw Problem(.notJSON, "The body is not a JSON object: at byte \(error.offset), \(error.reason).")
        }
    }

    private static func text(_ name: String, in scan: JSONScan) throws(Problem) -> String {
        guard let text = scan.text(name), PayloadRule.isVisible(text, maximum: Envelope.attributeLengthMax) else {
            throw Problem(.invalidEnvelope, "`\(name)` is missing or is no visible ASCII text.")
        }
        return text
    }

    /// An id becomes part of a Message-ID, so it may hold what needs no quoting there.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }
}
