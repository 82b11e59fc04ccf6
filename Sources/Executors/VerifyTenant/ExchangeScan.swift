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
    /// Whether mail goes out by the gateway as a job of ours let it, as far as anyone can tell.
    private(set) var isSending = false

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
        let ownership = Ownership(kind, objects, gateway: gateway, known: [:])
        let ours = ownership.ours
        guard let first = ours.first else { return self.doubt(ownership) }
        if ours.count == 1 {
            self.findings += DriftComparison(kind: kind, object: first).findings
            self.baseline += ours.compactMap(kind.baseline)
        } else {
            self.findings.append(kind.doubled(ours))
        }
        self.isSending = self.isSending || ours.contains(where: kind.sends)
        self.objects += ours.map(kind.tenantObject)
        self.warnings += ownership.doubts.map(ownership.sentence)
        return ownership.rivals
    }

    /// Takes in what may be ours where nothing is for sure; gives everyone else's.
    private mutating func doubt<Kind: ExchangeKind>(_ ownership: Ownership<Kind>) -> [Kind.Object] {
        let kind = ownership.kind
        guard let suspect = ownership.suspects.first else {
            self.findings.append(kind.missing)
            self.warnings += ownership.doubts.map(ownership.sentence)
            return ownership.rivals
        }
        self.findings.append(ownership.unmarked(suspect))
        if suspect.likeness.effect.isThere {
            self.findings += ownership.uncertain(suspect)
            self.isSending = self.isSending || kind.sends(suspect.object)
        }
        let rest = ownership.doubts.filter { $0.object.identity != suspect.object.identity }
        self.warnings += rest.map(ownership.sentence)
        // Ours with its comment edited, most likely: once is enough.
        return ownership.rivals.filter { $0.identity != suspect.object.identity }
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

    /// Whether an object lets mail out as a job of ours left it; also when that is not known and mail goes out.
    fileprivate func sends(_ object: Object) -> Bool {
        guard self.kind == .outboundConnector else { return false }
        return switch self.lastApplied("Enabled", of: object) {
        case .known(let state): state == "true"
        case .absent, .unknown: self.isEnabled(object) != false
        }
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

extension Ownership {
    /// That an object may be ours and does not carry our mark.
    fileprivate func unmarked(_ doubt: Doubt) -> DriftFinding {
        let (kind, object) = (self.kind, doubt.object)
        let change = LastChange(object.record)
        return DriftFinding(
            id: kind.commentID,
            subject: kind.subject,
            name: String(object.name.prefix(1_000)),
            objectID: object.identity,
            field: kind.commentField,
            drift: .different,
            lastApplied: .unknown("The object's comment does not tell what was applied."),
            wanted: kind.wanted(kind.commentField).map { .known($0) } ?? .absent,
            live: ObservedValue.known(kind.comment(object) ?? "").capped,
            changedAt: change.at,
            changedBy: change.by,
            isRepairable: self.adoptable?.identity == object.identity,
            advice: self.advice(doubt)
        )
    }

    /// What else is not as it should be on an object that may be ours: for nobody to repair until its mark is back.
    fileprivate func uncertain(_ doubt: Doubt) -> [DriftFinding] {
        DriftComparison(kind: self.kind, object: doubt.object).findings.filter { $0.id != self.kind.commentID }.map {
            var finding = $0
            guard finding.isRepairable else { return finding }
            finding.isRepairable = false
            finding.advice = "Settle whose the object is first: see the finding about its comment."
            return finding
        }
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
