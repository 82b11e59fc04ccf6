import JobModel
import Microsoft365

/// What stands in a tenant's Exchange, told apart without refusing anything: what a person has to decide is a finding.
///
/// Pure.
struct ExchangeScan {
    /// What is not as it should be.
    private(set) var findings: [DriftFinding] = []
    /// What was applied last, by the comments.
    private(set) var baseline: [AppliedBaseline] = []
    /// Objects of ours.
    private(set) var objects: [TenantObject] = []
    /// What an administrator should know.
    private(set) var warnings: [String] = []

    init(
        inbound: [InboundConnector],
        outbound: [OutboundConnector],
        rules: [TransportRule],
        kinds: ExchangeKinds,
        gateway: GatewayProfile
    ) {
        let foreignIn = self.sort(kinds.inbound, inbound, gateway)
        let foreignOut = self.sort(kinds.outbound, outbound, gateway)
        _ = self.sort(kinds.rule, rules, gateway)
        for connector in foreignIn.map(ForeignConnector.init) + foreignOut.map(ForeignConnector.init) {
            self.judge(connector)
        }
    }

    /// Takes in our object of a kind; gives everyone else's.
    private mutating func sort<Kind: ExchangeKind>(
        _ kind: Kind,
        _ objects: [Kind.Object],
        _ gateway: GatewayProfile
    ) -> [Kind.Object] {
        let marker = ObjectMarker(gateway: gateway, kind: kind.kind)
        let ours = objects.filter { marker.marks(kind.comment($0)) }
        let others = objects.filter { !marker.marks(kind.comment($0)) }
        switch ours.count {
        case 0:
            let isNamesake = { (object: Kind.Object) in object.name.lowercased() == kind.name.lowercased() }
            self.findings.append(others.first(where: isNamesake).map(kind.unmarked) ?? kind.missing)
            // Ours with its comment edited, most likely: once is enough.
            return others.filter { !isNamesake($0) }
        case 1:
            self.findings += ours.flatMap { DriftComparison(kind: kind, object: $0).findings }
            self.baseline += ours.compactMap(kind.baseline)
        default: self.findings.append(kind.doubled(ours))
        }
        self.objects += ours.map(kind.tenantObject)
        return others
    }

    private mutating func judge(_ connector: ForeignConnector) {
        guard connector.isForAllDomains || connector.domains == nil && connector.isEnabled != false else { return }
        if connector.isEnabled == false {
            self.warnings.append("The \(connector.words) is not ours and is for all domains; it must stay disabled.")
        } else {
            self.findings.append(connector.finding)
        }
    }
}

extension ExchangeKind {
    /// That there is no object of ours.
    fileprivate var missing: DriftFinding {
        DriftFinding(
            id: self.kind.rawValue,
            subject: self.subject,
            name: self.name,
            drift: .missing,
            lastApplied: .unknown("The object that remembered it is gone."),
            wanted: .known(self.name),
            live: .absent,
            isRepairable: true,
            advice: self.kind == .outboundConnector
                ? "Repair it, which makes it again, disabled; enable-outbound-connector enables it."
                : "Repair it, which makes it again."
        )
    }

    /// That an object has our name and not our mark: it may be ours with its comment edited, or someone else's.
    fileprivate func unmarked(_ object: Object) -> DriftFinding {
        let change = LastChange(object.record)
        return DriftFinding(
            id: "\(self.kind.rawValue).\(self.commentField)",
            subject: self.subject,
            name: String(object.name.prefix(1_000)),
            objectID: object.identity,
            field: self.commentField,
            drift: .different,
            lastApplied: .unknown("The object's comment does not tell what was applied."),
            wanted: self.wanted(self.commentField).map { .known($0) } ?? .absent,
            live: ObservedValue.known(self.comment(object) ?? "").capped,
            changedAt: change.at,
            changedBy: change.by,
            isRepairable: false,
            advice:
                "Have the mark put back into the comment if the object is Sluice's, or have it renamed if it is not."
        )
    }

    /// That several objects carry our mark.
    fileprivate func doubled(_ objects: [Object]) -> DriftFinding {
        let names = objects.map { "\($0.quotedName) (\($0.identity))" }.sorted().joined(separator: " and ")
        return DriftFinding(
            id: self.kind.rawValue,
            subject: self.subject,
            name: self.name,
            drift: .conflict,
            lastApplied: .unknown("More than one object remembers it."),
            wanted: .known("one"),
            live: ObservedValue.known(names).capped,
            isRepairable: false,
            advice: "Have the customer remove all but one of the objects that carry Sluice's mark."
        )
    }
}

extension ForeignConnector {
    /// That it stands in the way.
    fileprivate var finding: DriftFinding {
        DriftFinding(
            id: "foreign-connector.\(self.identity)",
            subject: .foreignConnector,
            name: String(self.name.prefix(1_000)),
            objectID: self.identity,
            drift: .conflict,
            lastApplied: .absent,
            wanted: .known("disabled, or for single domains"),
            live: self.domains == nil
                ? .unknown("Exchange showed the \(self.words) without its domains.")
                : .known("enabled for all domains"),
            isRepairable: false,
            advice: "Have the customer decide about the connector; Sluice never touches it."
        )
    }
}
