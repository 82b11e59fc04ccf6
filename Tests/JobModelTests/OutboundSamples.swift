import Foundation

@testable import JobModel

/// Outputs and events of the outbound jobs, at their fullest and at their barest.
enum OutboundSamples {
    private static let object = TenantObject(kind: .outboundConnector, name: "Gateway", id: "17", isEnabled: true)
    private static let change = PlannedChange(
        kind: .outboundConnector,
        name: "Gateway",
        action: .update,
        fields: [FieldChange(field: "Enabled", before: "false", after: "true")]
    )
    private static let plan = ChangePlan(
        hash: "sha256:" + String(repeating: "0f", count: 32),
        changes: [Self.change],
        unknown: []
    )

    /// One domain for every result, by both ways of asking, with texts that are too long.
    private static let domains = SPFView.Result.allCases.map { result in
        RelayDomain(
            name: "\(result.rawValue).example",
            gate: result == .pass ? .open : result == .temperror ? .unknown : .shut,
            views: SPFView.Source.allCases.map { source in
                SPFView(
                    source: source,
                    result: result,
                    addresses: result == .pass ? [] : ["192.0.2.10", "2001:db8::25"],
                    record: result == .none ? nil : String(repeating: "v", count: 1_200),
                    reason: result == .pass ? nil : String(repeating: "r", count: 1_200)
                )
            },
            publish: result == .pass ? nil : "v=spf1 include:spf.gateway.example -all",
            advice: result == .pass ? nil : "Publish it."
        )
    }

    static func outputs() throws -> [(JobType, [UInt8])] {
        let enabled = OutboundGateState.allCases.map { gate in
            EnableOutboundConnectorOutput(
                dryRun: gate == .unknown,
                plan: Self.plan,
                changes: gate == .unknown ? [] : [Self.change],
                gate: gate,
                forcedBecause: gate == .shut ? "Møbler \"wait\" for it" : nil,
                connector: Self.object,
                domains: Self.domains,
                warnings: ["A domain is passed over."]
            )
        }
        let disabled = DisableOutboundConnectorOutput(
            dryRun: false,
            plan: Self.plan,
            changes: [Self.change],
            connector: Self.object,
            warnings: []
        )
        return try enabled.map { (.enableOutboundConnector, Array(try JSONEncoder().encode($0))) }
            + [(.disableOutboundConnector, Array(try JSONEncoder().encode(disabled)))]
    }

    static func enabledEvents() -> [OutboundConnectorEnabled] {
        [nil, "It is urgent."].map { reason in
            OutboundConnectorEnabled(
                connector: Self.object,
                domains: Self.domains,
                forcedBecause: reason,
                requestedBy: "a@contoso.com"
            )
        }
    }

    static func disabledEvents() -> [OutboundConnectorDisabled] {
        [nil, "Mail is refused."].map { reason in
            OutboundConnectorDisabled(connector: Self.object, reason: reason, requestedBy: "a@contoso.com")
        }
    }
}
