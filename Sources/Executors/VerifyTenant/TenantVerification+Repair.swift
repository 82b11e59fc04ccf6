import JobModel
import Microsoft365

/// Putting right what was chosen, and nothing else.
extension TenantVerification {
    private func chosen(_ subject: DriftSubject) -> [DriftFinding] {
        (self.repair?.chosen ?? []).filter { $0.subject == subject }
    }

    /// Gives ourselves the grants again; the rest has to wait until Exchange honours them.
    mutating func repairGrants() async throws {
        if !self.chosen(.appRoleAssignment).isEmpty { try await self.grantAppRole() }
        if !self.chosen(.directoryRoleAssignment).isEmpty { try await self.grantDirectoryRole() }
        guard self.job.repair == .all, self.findings.contains(where: Self.isUnread) else { return }
        try self.learn(try await self.scanExchange())
    }

    /// Whether a finding says that an object in Exchange could not be read.
    private static func isUnread(_ finding: DriftFinding) -> Bool {
        let subjects: Set<DriftSubject> = [.inboundConnector, .outboundConnector, .bypassRule]
        return subjects.contains(finding.subject) && finding.drift == .unknown && finding.field == nil
    }

    /// Takes in what Exchange shows once it lets us in again; only now is it known what else to repair.
    private mutating func learn(_ scan: ExchangeScan) throws {
        self.scan = scan
        self.objects += scan.objects
        let known = self.findings.filter { !Self.isUnread($0) }
        self.findings = (known + scan.findings.filter { new in !known.contains { $0.id == new.id } })
            .sorted { $0.id < $1.id }
        self.memo.findings = self.findings
        self.repair = try RepairPlan(
            self.job.repair,
            of: self.findings,
            for: self.context.tenant,
            kinds: self.kinds
        )
        self.remember()
    }

    /// Puts right the connectors and the rule.
    mutating func repairObjects() async throws {
        try await self.repair(self.kinds.inbound)
        try await self.repair(self.kinds.outbound)
        try await self.repair(self.kinds.rule)
        guard self.memo.plan?.changes.isEmpty == false || !self.memo.changes.isEmpty else { return }
        let scan = try await self.scanExchange()
        self.scan = scan
        self.objects += scan.objects
    }

    private mutating func repair(_ kind: some ExchangeKind) async throws {
        let chosen = self.chosen(kind.subject)
        guard let first = chosen.first else { return }
        if first.field == nil {
            try await self.converge(kind)
        } else {
            try await self.mend(kind, only: Set(chosen.compactMap(\.field)))
        }
    }
}

/// Telling what was found.
extension TenantVerification {
    /// Sends the events, once a job; unknown is no drift.
    mutating func report() {
        guard !self.memo.isAnnounced else { return }
        if let loss {
            self.context.event(
                .tenantConnectionLost,
                TenantConnectionLost(customer: self.job.customer, problem: loss)
            )
        }
        var rest = self.drifted[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(DriftFound.findingsMax))
            rest = rest.dropFirst(DriftFound.findingsMax)
            self.context.event(.driftFound, DriftFound(customer: self.job.customer, findings: batch))
        }
        self.memo.isAnnounced = true
        self.remember()
    }

    /// Has people told, once a job, when there is something to tell.
    mutating func notify() {
        guard self.memo.isNotified != true else { return }
        if let loss {
            self.tell(.connectionLost(loss))
        } else if !self.drifted.isEmpty {
            let repaired = self.isRepairing ? self.repair?.chosen.count ?? 0 : 0
            self.tell(.driftFound(findings: self.drifted.map { NotificationFinding($0) }, repaired: repaired))
        } else {
            return
        }
        self.memo.isNotified = true
        self.remember()
    }

    private var drifted: [DriftFinding] { self.findings.filter { $0.drift != .unknown } }

    private func tell(_ content: NotificationContent) {
        self.context.notify(
            self.job.notify,
            content,
            customer: self.job.customer,
            requestedBy: self.job.requestedBy,
            language: self.job.language
        )
    }
}
