import Foundation
import JobModel
import Mustache

/// What one notification's templates may show; notes every name it is asked for and does not know.
///
/// Beside the values of the request: `name` (the customer's, or the tenant's id), `gateway`, `tenant`, `job`, `jobType`,
/// `time` and `language`. `customer` has a value only where the job knew it.
final class TemplateValues: MustacheParent {
    private static let optionalNames: Set<String> = ["customer"]

    private let values: [String: Any]
    private var unknown: [String] = []

    /// The values of a notice.
    init(_ notice: Notice, gateway: String, language: String) {
        self.values = Self.values(
            of: notice.request.values,
            about: [
                "gateway": gateway, "tenant": "\(notice.tenant)", "job": "\(notice.job)", "jobType": notice.jobType,
                "time": Self.time(notice.time), "language": language,
            ]
        )
    }

    /// Invented ones, with every name that a real notice may have.
    init(sample: NotificationContent, language: String) {
        self.values = Self.values(
            of: sample.values,
            about: [
                "gateway": "Example Gateway", "tenant": "6f1d7c2a-93c5-4d0e-8a39-0d6f2b7c1e55",
                "job": "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f", "jobType": "no-op", "time": "2026-11-23 03:00 UTC",
                "language": language,
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
        if !Self.optionalNames.contains(name) { self.unknown.append(name) }
        return nil
    }

    private static func values(
        of request: [String: NotificationValue],
        about: [String: String]
    ) -> [String: Any] {
        var values: [String: Any] = request.mapValues { value in
            switch value {
            case .text(let text): text
            case .list(let list): list
            }
        }
        for (name, text) in about { values[name] = text }
        values["name"] = (values["customer"] as? String) ?? "tenant \(about["tenant"] ?? "")"
        return values
    }

    /// Minutes are enough for people: `2026-11-23 03:00 UTC`.
    private static func time(_ time: Date) -> String {
        let text = Timestamp.text(time)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}

extension NotificationTemplate {
    /// A content with every value that the template may show.
    var sample: NotificationContent {
        switch self {
        case .tenantConnected: .tenantConnected(domains: ["contoso.example"], changes: 5)
        case .tenantDisconnected:
            .tenantDisconnected(changes: 5, remains: ["Inbound connector `Example`: it is in use"])
        case .outboundConnectorEnabled: .outboundConnectorEnabled(domains: ["contoso.example"])
        case .outboundConnectorDisabled: .outboundConnectorDisabled(reason: "The customer moves away.")
        case .driftFound: .driftFound(findings: ["Inbound connector: RequireTls was true, is false"], repaired: 1)
        case .connectionLost: .connectionLost(Problem(.consentMissing, "The service principal is gone."))
        case .messagePulled: .messagePulled(targets: 20, dispositions: ["pulled": 19, "not-found": 1])
        case .messageRestored: .messageRestored(targets: 20, dispositions: ["restored": 19, "not-found": 1])
        case .directoryHeld: .directoryHeld(removals: 900, known: 1_000)
        case .jobDied: .jobDied(Problem(.executorCrashed, "The executor ended by signal 11."), untold: 9_997)
        }
    }
}
