import Foundation
import JobModel
import Microsoft365

/// Holds one object of ours against what was applied and what is wanted, field by field.
///
/// Pure. Differences of spelling are none: see `ExchangeSpelling`.
struct DriftComparison<Kind: ExchangeKind> {
    let kind: Kind
    let object: Kind.Object

    /// Every field that is not as wanted, sorted; nothing when nothing drifted.
    var findings: [DriftFinding] {
        let ours = (self.kind.appliedFields + ["Name", self.kind.commentField]).compactMap(self.finding)
        return (ours + self.lostMark + self.watched + self.derived).sorted { $0.id < $1.id }
    }

    // MARK: Our own fields

    private func finding(_ field: String) -> DriftFinding? {
        let applied = self.kind.lastApplied(field, of: self.object)
        if self.kind.isState(field), case .unknown = applied { return self.unknownState(field, applied) }
        guard let wanted = self.wanted(field) else { return nil }
        guard let live = self.kind.live(field, of: self.object) else {
            let reason = "Exchange showed the \(self.kind.kind.words) without its \(field)."
            return self.finding(field, .unknown, wanted: .known(wanted), live: .unknown(reason), isRepairable: false)
        }
        guard live != wanted else { return nil }
        let drift: DriftKind =
            switch applied {
            case .known(live): .outdated
            case .known, .absent: .changed
            case .unknown: self.kind.mark(of: self.object) == nil ? .different : .changed
            }
        // Enabling the outbound connector is for the job that checks SPF first.
        let isEnabling = self.kind.isState(field) && wanted == "true"
        return self.finding(
            field,
            drift,
            wanted: .known(wanted),
            live: .known(live),
            isRepairable: !isEnabling
        )
    }

    /// What a field has to be; of the outbound connector's state only what was applied last tells.
    private func wanted(_ field: String) -> String? {
        guard self.kind.isState(field) else { return self.kind.wanted(field) }
        guard case .known(let applied) = self.kind.lastApplied(field, of: self.object) else { return nil }
        return applied
    }

    /// That nobody can tell whether the connector is on or off as a job left it.
    private func unknownState(_ field: String, _ applied: ObservedValue) -> DriftFinding {
        let live = self.kind.live(field, of: self.object).map { ObservedValue.known($0) }
        let unsent = ObservedValue.unknown("Exchange showed the \(self.kind.kind.words) without its \(field).")
        return self.finding(field, .unknown, wanted: applied, live: live ?? unsent, isRepairable: false)
    }

    /// That the comment does not tell any more which job applied what.
    private var lostMark: [DriftFinding] {
        guard let change = self.kind.lostMark(of: self.object) else { return [] }
        return [
            self.finding(
                change.field,
                .different,
                wanted: .known(change.after ?? ""),
                live: .known(change.before ?? ""),
                isRepairable: true
            )
        ]
    }

    // MARK: Everything else on our object

    private var watched: [DriftFinding] {
        WatchedFields.defaults(of: self.kind.kind).compactMap { field, usual in
            guard let live = self.kind.live(field, of: self.object), live != usual else { return nil }
            return self.finding(field, .changed, wanted: .known(usual), live: .known(live), isRepairable: false)
        }
    }

    private var derived: [DriftFinding] {
        guard self.kind.kind == .bypassRule else { return [] }
        let explained = Set(self.watched.compactMap { $0.field.flatMap { WatchedFields.classes[$0] } })
        return WatchedFields.derived.compactMap { field, wanted in
            guard let names = self.object.record.list(field) else { return nil }
            let found = Set(names.map(WatchedFields.className))
            let extra = found.subtracting(wanted).subtracting(explained)
            guard !extra.isEmpty else { return nil }
            return self.finding(
                field,
                .changed,
                wanted: .known(wanted.sorted().joined(separator: ", ")),
                live: .known(found.sorted().joined(separator: ", ")),
                isRepairable: false
            )
        }
    }

    private func finding(
        _ field: String,
        _ drift: DriftKind,
        wanted: ObservedValue,
        live: ObservedValue,
        isRepairable: Bool
    ) -> DriftFinding {
        let change = LastChange(self.object.record)
        return DriftFinding(
            id: "\(self.kind.kind.rawValue).\(field)",
            subject: self.kind.subject,
            name: String(self.object.name.prefix(1_000)),
            objectID: self.object.identity,
            field: field,
            drift: drift,
            lastApplied: self.kind.lastApplied(field, of: self.object).capped,
            wanted: wanted.capped,
            live: live.capped,
            changedAt: drift == .unknown ? nil : change.at,
            changedBy: drift == .unknown ? nil : change.by,
            isRepairable: isRepairable,
            advice: self.advice(on: field, drift, isRepairable: isRepairable)
        )
    }

    /// Connectors of earlier versions restrict, and so may one that an administrator has set: nothing shows that all mail comes
    /// by the gateway, and lifting the restriction stops no mail.
    private static var lockDownAdvice: String {
        """
        Locked down without proof: Exchange refuses all mail that does not come from the gateway. Repair it, which opens the \
        connector, unless every MX record of every domain leads to the gateway.
        """
    }

    private func advice(on field: String, _ drift: DriftKind, isRepairable: Bool) -> String {
        if field == "RestrictDomainsToIPAddresses", drift != .unknown { return Self.lockDownAdvice }
        if self.kind.isState(field), drift == .unknown {
            return "Run enable-outbound-connector or disable-outbound-connector, which records the state again."
        }
        return switch (drift, isRepairable) {
        case (.unknown, _): "Run the job again; if it stays, look at the object in the Exchange admin center."
        case (.outdated, _): "Repair it: the gateway's profile has changed since it was applied."
        case (_, true): "Repair it, or ask the customer's administrator why it was changed."
        case (_, false):
            self.kind.isState(field)
                ? "Run enable-outbound-connector, which checks SPF first."
                : "Ask the customer's administrator to undo it; it is not Sluice's to change."
        }
    }
}

/// Who changed an object last, and when, as far as Exchange tells.
///
/// Connectors show only when; rules show who, too.
struct LastChange: Equatable {
    /// RFC 3339 text.
    let at: String?
    let by: String?

    init(_ record: ExchangeRecord) {
        let time = record.text("WhenChangedUTC") ?? record.text("WhenChanged")
        self.at = time.flatMap(Timestamp.date).map(Timestamp.text)
        let name = record.text("LastModifiedBy")?.unicodeScalars.filter { !$0.properties.isWhitespace || $0 == " " }
        let line = name.map { String(String.UnicodeScalarView($0.prefix(300))) }
        self.by = line.flatMap { PayloadRule.isLine($0, maximum: 300) ? $0 : nil }
    }
}

extension ExchangeKind {
    /// Its name in findings.
    var subject: DriftSubject {
        switch self.kind {
        case .appRoleAssignment: .appRoleAssignment
        case .directoryRoleAssignment: .directoryRoleAssignment
        case .inboundConnector: .inboundConnector
        case .outboundConnector: .outboundConnector
        case .bypassRule, .organizationCustomization: .bypassRule
        }
    }
}

extension ObservedValue {
    /// The longest value in a finding.
    private static let lengthMax = 20_000

    /// The same, cut to what a finding holds.
    var capped: ObservedValue {
        guard case .known(let value) = self, value.unicodeScalars.count > Self.lengthMax else { return self }
        return .known(String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.lengthMax))))
    }
}
