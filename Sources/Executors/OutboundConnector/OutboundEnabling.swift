import JobModel
import MailPolicy
import Microsoft365

/// One attempt to enable the outbound connector: what it knows so far, and the steps in their order.
struct OutboundEnabling: OutboundSwitching {
    /// The steps under the names that people see, in their order.
    enum Step: String, CaseIterable {
        /// The token and its permissions.
        case permissions
        /// Our connector among those of the tenant, with everything but its state as we made it.
        case connector = "outbound-connector"
        /// What would be changed, and whether that was agreed to.
        case plan
        /// The domains whose mail is to leave through the gateway.
        case relayDomains = "relay-domains"
        /// What DNS says about them.
        case dns
        /// The change, read back.
        case enable
        /// The closing events.
        case notify
    }

    let job: EnableOutboundConnector
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let kinds: ExchangeKinds
    let outbound: OutboundSwitch
    var memo: TenantChangeMemo

    var principals: Principals?
    var survey: ExchangeSurvey?
    var objects: [TenantObject] = []
    var connector: OutboundConnector?
    var plan: ChangePlan?
    var relayDomains: RelayDomains?
    var gate: OutboundGate?
    var forcedBecause: String?
    var warnings: [String] = []

    init(job: EnableOutboundConnector, context: ExecutorContext, settings: ExecutorSettings) throws {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = settings.tenant(of: context)
        self.kinds = ExchangeKinds(
            exchange: self.tenant.exchange,
            wanted: try WantedObjects(gateway: settings.gateway)
        )
        self.outbound = OutboundSwitch(self.kinds.outbound, isOn: true)
        self.memo = TenantChangeMemo.left(in: context)
    }

    var agreedHash: String? { self.job.planHash }
    var isDryRun: Bool { self.job.dryRun }
    var steps: [Step] { self.job.dryRun ? Step.allCases.filter { $0 != .enable && $0 != .notify } : Step.allCases }

    mutating func take(_ step: Step) async throws {
        switch step {
        case .permissions: try await self.requirePermissions(of: .enableOutboundConnector)
        case .connector: try await self.findConnectorAsMade()
        case .plan: try await self.makePlan()
        case .relayDomains: try await self.findRelayDomains()
        case .dns: try await self.askDNS()
        case .enable: try await self.turn()
        case .notify: try self.announce()
        }
    }

    func output() throws -> EnableOutboundConnectorOutput {
        guard let plan = self.plan, let gate = self.gate, let relayDomains = self.relayDomains else {
            throw Problem(.internalError, "A step ended without its finding.")
        }
        return EnableOutboundConnectorOutput(
            dryRun: self.job.dryRun,
            plan: plan,
            changes: self.memo.changes,
            gate: gate.state,
            forcedBecause: self.forcedBecause,
            connector: try self.tenantObject(),
            domains: gate.domains,
            warnings: Array((self.warnings + relayDomains.warnings).prefix(TenantConnection.warningsMax))
        )
    }
}

// MARK: - What is read

extension OutboundEnabling {
    /// Refuses a connector that somebody has changed, and one that competes with another: mail would go where nobody checked.
    private mutating func findConnectorAsMade() async throws {
        for other in try await self.findConnector() {
            if let warning = try other.rivalry() { self.warnings.append(warning) }
        }
        let connector = try self.foundConnector()
        let drift = try self.kinds.outbound.differences(self.kinds.outbound.kept, connector)
            .filter { $0.field != "Comment" }
        let fields = drift.map { "\($0.field) is \($0.before ?? "nothing") instead of \($0.after ?? "nothing")" }
        let switches = ["TestMode", "IsTransportRuleScoped", "RouteAllMessagesViaOnPremises"]
            .filter { connector.record.bool($0) == true }.map { "\($0) is true" }
        guard fields.isEmpty, switches.isEmpty else {
            let changed = (fields + switches).joined(separator: "; ")
            throw Problem(.connectorDrifted, "The outbound connector \(connector.quotedName): \(changed).")
        }
    }

    private mutating func findRelayDomains() async throws {
        self.relayDomains = try RelayDomains(
            wanted: self.job.relayDomains,
            entra: try await self.tenant.graph.domains(),
            accepted: try await self.tenant.exchange.acceptedDomains()
        )
    }

    /// Asks DNS and decides; a dry run and a connector that this job has enabled already only report.
    private mutating func askDNS() async throws {
        let graph = self.tenant.graph
        let check = RelayDomainCheck(gateway: self.settings.gateway, surveyor: self.settings.spf)
        let domains = try await check.check(self.relayDomains?.names ?? []) { domain in
            try await Self.initialRecord(of: domain, graph)
        }
        try Task.checkCancellation()
        let gate = OutboundGate(domains: domains)
        self.gate = gate
        if self.job.dryRun { return }
        if try self.hasTurned() {
            self.forcedBecause = gate.state == .open ? nil : self.job.force?.reason
            return
        }
        switch gate.passage(for: self.job) {
        case .go(let reason): self.forcedBecause = reason
        case .refuse(let problem): throw problem
        case .wait(let waiting): throw waiting
        }
    }

    /// Whether an earlier run of this job has enabled the connector: then the gate was open, and what DNS says now changes nothing.
    private func hasTurned() throws(Problem) -> Bool {
        guard !self.memo.changes.isEmpty || self.memo.intent != nil else { return false }
        return try self.foundConnector().isEnabled == true
    }

    /// The SPF record that Microsoft wants a domain to have: what a new record begins with.
    private static func initialRecord(of domain: String, _ graph: Graph) async throws -> String {
        let records = try await Self.statedRecords(of: domain, graph)
        let texts = records.compactMap { record -> String? in
            guard case .txt(let text) = record.kind, text.lowercased().hasPrefix("v=spf1 ") else { return nil }
            return text
        }
        return texts.first ?? "v=spf1 -all"
    }

    private static func statedRecords(of domain: String, _ graph: Graph) async throws -> [ServiceConfigurationRecord] {
        do {
            return try await graph.serviceConfigurationRecords(of: domain)
        } catch let error where error.code == .notFound {
            return []  // Graph states none for this domain
        }
    }
}

// MARK: - What is told

extension OutboundEnabling {
    private mutating func announce() throws {
        guard !self.memo.isAnnounced else { return }
        let domains = self.gate?.domains ?? []
        self.context.event(
            .outboundConnectorEnabled,
            OutboundConnectorEnabled(
                connector: try self.tenantObject(),
                domains: domains,
                forcedBecause: self.forcedBecause,
                requestedBy: self.job.requestedBy
            )
        )
        self.context.notify(
            self.job.notify,
            .outboundConnectorEnabled(domains: domains.map(\.name)),
            customer: self.job.customer,
            requestedBy: self.job.requestedBy,
            language: self.job.language
        )
        self.memo.isAnnounced = true
        self.remember()
    }
}
