import Foundation
import JobModel
import Mustache

/// What one notification's templates may show; notes every name it is asked for and does not know.
///
/// Beside the values of the request: `name` (the customer's, or the tenant's id), `gateway`, `contact`, `tenant`, `job`,
/// `jobType`, `time` and `language`. A number such as `targets` also answers to `targetsIsNone`, `targetsIsOne` and
/// `targetsIsMany`, so that a template can say "1 mailbox" and "2 mailboxes". Our codes are shown in words (``Wording``).
final class TemplateValues: MustacheParent {
    /// Values that a request may lack: the job had none, or an earlier build asked.
    private static let optionalNames: Set<String> = ["customer", "requestedBy", "messageId", "campaign", "reason"]
    private static let numberEndings = ["IsNone", "IsOne", "IsMany"]

    private let values: [String: Any]
    private var unknown: [String] = []

    /// The values of a notice.
    init(_ notice: Notice, surroundings: NoticeSurroundings, language: String) {
        self.values = Self.values(
            of: notice.request.values,
            about: [
                "gateway": surroundings.gateway, "contact": surroundings.contact ?? "", "tenant": "\(notice.tenant)",
                "job": "\(notice.job)", "jobType": notice.jobType, "time": Self.time(notice.time), "language": language,
            ]
        )
    }

    /// Invented ones, with every name that a real notice may have.
    init(sample: NotificationContent, language: String) {
        self.values = Self.values(
            of: sample.values,
            about: [
                "gateway": "Example Gateway", "contact": "help@gateway.example",
                "tenant": "6f1d7c2a-93c5-4d0e-8a39-0d6f2b7c1e55", "job": "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f",
                "jobType": "no-op", "time": "2026-11-23 03:00 UTC", "language": language,
            ]
        )
    }

    /// Names that were asked for and never have a value, in their order.
    var unknownNames: [String] { self.unknown }
    /// Every name that has a value here, or may have one.
    var knownNames: Set<String> { Self.optionalNames.union(self.values.keys) }

    /// The value of a name, as Mustache asks for it.
    func child(named name: String) -> Any? {
        if let value = self.values[name] { return (value as? String) == "" ? nil : value }  // no section for nothing
        if let answer = self.isSo(name) { return answer }
        if !Self.optionalNames.contains(name) { self.unknown.append(name) }
        return nil
    }

    /// Whether the number that a name such as `targetsIsOne` speaks of is so; nil for any other name.
    private func isSo(_ name: String) -> Bool? {
        guard let ending = Self.numberEndings.first(where: { name.hasSuffix($0) }),
            let value = self.values[String(name.dropLast(ending.count))] as? String
        else { return nil }
        guard let number = value.isEmpty ? 0 : Int(value) else { return nil }
        return switch ending {
        case "IsNone": number == 0
        case "IsOne": number == 1
        default: number > 1
        }
    }

    private static func values(
        of request: [String: NotificationValue],
        about: [String: String]
    ) -> [String: Any] {
        let wording = Wording.of(about["language"] ?? "")
        var values: [String: Any] = request.mapValues { value in
            switch value {
            case .text(let text): text
            case .list(let list): list
            case .rows(let rows): rows.map { wording.line($0) }
            }
        }
        for (name, text) in about { values[name] = text }
        values["name"] = (values["customer"] as? String) ?? wording.tenant(about["tenant"] ?? "")
        if case .list(let lines)? = request["dispositions"] {
            values["dispositions"] = wording.dispositions(lines)
            values.merge(self.sums(lines)) { _, new in new }
        }
        if let words = (values["code"] as? String).flatMap({ ProblemCode(rawValue: $0) }).flatMap({
            wording.problems[$0]
        }) {
            (values["title"], values["advice"]) = (words.title, words.advice)
        }
        return values
    }

    /// `moved`: how many copies are somewhere else now; `unsettled`: for how many copies or mailboxes the job could not do its
    /// work.
    private static func sums(_ lines: [String]) -> [String: String] {
        let counts = Wording.counts(lines)
        func sum(_ codes: String...) -> String { "\(codes.reduce(0) { $0 + (counts[$1] ?? 0) })" }
        return [
            "moved": sum("pulled", "restored", "restored-elsewhere"),
            "unsettled": sum("mailbox-unavailable", "access-denied", "undetermined", "refused-by-cap"),
        ]
    }

    /// Minutes are enough for people: `2026-11-23 03:00 UTC`.
    private static func time(_ time: Date) -> String {
        let text = Timestamp.text(time)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}

/// What every mail of a notifier says of itself.
struct NoticeSurroundings: Sendable {
    /// The gateway's name, as people read it.
    let gateway: String
    /// Whom to ask; nil for nobody.
    let contact: String?
}

extension NotificationTemplate {
    /// A content with every value that the template may show.
    var sample: NotificationContent {
        switch self {
        case .tenantConnected: .tenantConnected(domains: ["contoso.example"], changes: 5)
        case .tenantDisconnected: .tenantDisconnected(changes: 5, remains: [Self.sampleRemains])
        case .outboundConnectorEnabled: .outboundConnectorEnabled(domains: ["contoso.example"])
        case .outboundConnectorDisabled: .outboundConnectorDisabled(reason: "The customer moves away.")
        case .driftFound: .driftFound(findings: [Self.sampleFinding], repaired: 1)
        case .connectionLost: .connectionLost(Problem(.consentMissing, "The service principal is gone."))
        case .messagePulled:
            .messagePulled(targets: 20, dispositions: ["pulled": 19, "not-found": 1], message: Self.sampleMessage)
        case .messageRestored:
            .messageRestored(targets: 20, dispositions: ["restored": 19, "not-found": 1], message: Self.sampleMessage)
        case .directoryHeld: .directoryHeld(removals: 900, known: 1_000)
        case .jobDied: .jobDied(Problem(.executorCrashed, "The executor ended by signal 11."), untold: 9_997)
        }
    }

    private static let sampleFinding = NotificationFinding(
        subject: .inboundConnector,
        name: "Example",
        drift: .changed,
        field: "RequireTls",
        was: "true",
        is: "false"
    )
    private static let sampleRemains = NotificationRemains(
        kind: .inboundConnector,
        name: "Example",
        reason: "It is in use."
    )
    private static let sampleMessage = NotificationMessage(
        internetMessageID: "<invoice-4711@sender.example>",
        campaign: "invoice-4711",
        reason: "Phishing, reported by the help desk."
    )
}
