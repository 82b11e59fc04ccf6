import Foundation

/// Everything the simulator knows, changed by one call at a time.
actor World {
    /// What DNS holds; asked by servers that cannot wait for an actor.
    nonisolated let names: NameTable
    /// What lies in mailboxes; it has a lock of its own.
    nonisolated let post: PostOffice
    private var scenario: Scenario
    /// As it was given, before anyone changed settings.
    private var startingScenario: Scenario
    private var clock: SimulatedClock
    private var applications: [RegisteredApplication] = []
    private var tenants: [Tenant] = []
    private var journal = Journal()
    private var violations: [Violation] = []
    private var faults: FaultScript
    private var generator: SeededGenerator
    private var tokenWindows: [String: CallWindow] = [:]
    /// Calls under way that may change a tenant, by tenant.
    private var changesUnderWay: [String: [Int: String]] = [:]
    private var writers = Writers()
    private var gate = CallGate()
    private var units = ResourceUnits()
    private var addresses: SimulatorAddresses?
    /// HTTP requests by route.
    private(set) var requestCounts: [String: Int] = [:]

    /// More are forgotten; one kind of misbehaviour repeated for ever must not fill the memory.
    private static let largestReport = 10_000
    private static let tokenWindowSeconds = 1.0

    init(_ scenario: Scenario) throws(SimulatorError) {
        self.scenario = scenario
        startingScenario = scenario
        names = NameTable(scenario.dns)
        let start = Date.now
        post = PostOffice(scenario, start: start)
        clock = SimulatedClock(settings: scenario.clock, start: start)
        faults = FaultScript(scenario.faults, seed: scenario.seed)
        generator = SeededGenerator(seed: scenario.seed)
        applications = try World.applications(scenario)
        tenants = try World.tenants(scenario, applications)
    }

    private static func applications(_ scenario: Scenario) throws(SimulatorError) -> [RegisteredApplication] {
        var all: [RegisteredApplication] = []
        for application in scenario.applications { all.append(try RegisteredApplication(application)) }
        return all
    }

    private static func tenants(
        _ scenario: Scenario,
        _ applications: [RegisteredApplication]
    ) throws(SimulatorError) -> [Tenant] {
        var all: [Tenant] = []
        for tenant in scenario.tenants {
            all.append(try Tenant(tenant, applications: applications, seed: scenario.seed))
        }
        return all
    }

    /// Starts anew, as if the simulator had just been started with that scenario.
    func reset(_ scenario: Scenario?) throws(SimulatorError) {
        let next = scenario ?? startingScenario
        let applications = try World.applications(next)
        tenants = try World.tenants(next, applications)
        self.applications = applications
        self.scenario = next
        startingScenario = next
        names.reset(next.dns)
        let start = Date.now
        post.reset(next, start: start)
        clock = SimulatedClock(settings: next.clock, start: start)
        faults = FaultScript(next.faults, seed: next.seed)
        generator = SeededGenerator(seed: next.seed)
        journal = Journal()
        violations = []
        gate = CallGate()
        writers = Writers()
        units = ResourceUnits()
        tokenWindows = [:]
        requestCounts = [:]
    }

    func setAddresses(_ addresses: SimulatorAddresses) { self.addresses = addresses }

    // MARK: What services ask

    func now() -> Date { clock.now(real: .now) }

    func realNow() -> Date { .now }

    func guid() -> String { generator.guid() }

    /// The same in another order.
    func shuffled<Element: Sendable>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &generator) }

    var switches: Switches { scenario.switches }

    var moment: Moment { Moment(now: now(), delays: scenario.delays, switches: scenario.switches) }

    /// The GUID of the tenant with that GUID or verified domain.
    func tenantID(_ name: String) -> String? { tenants.first { $0.isCalled(name) }?.id }

    func application(_ clientID: String) -> RegisteredApplication? { applications.first { $0.clientID == clientID } }

    /// The base URLs of our own listeners as names of the resources.
    func resourceAliases() -> [String: Resource] {
        guard let addresses else { return [:] }
        return [addresses.graphURL: .graph, addresses.exchangeURL: .exchange]
    }

    func report(_ kind: Violation.Kind, tenant: String?, _ detail: String) {
        if violations.count >= World.largestReport { violations.removeFirst(World.largestReport / 2) }
        violations.append(Violation(time: now(), kind: kind, tenant: tenant, detail: detail))
    }

    // MARK: A call begins and ends

    func begin(_ call: Call, _ route: Route) -> Ticket {
        let fault = faults.fault(route: route.name, tenant: route.tenant, mailbox: route.mailbox)
        if call.batch == nil { requestCounts[route.name, default: 0] += 1 }
        let sequence = journal.begin(call, route, fault: fault, at: now())
        for (kind, detail) in Violation.inspect(call, route) { report(kind, tenant: route.tenant, detail) }
        if let tenant = route.tenant, route.mayChangeTenant { beginChange(sequence, call, route.name, tenant) }
        let verdict = gate.begin(sequence, call, route, fault, scenario)
        for (kind, detail) in verdict.violations { report(kind, tenant: route.tenant, detail) }
        return Ticket(
            sequence: sequence,
            tenant: route.tenant,
            fault: fault,
            latencyMilliseconds: latency(route),
            refusal: verdict.refusal,
            mailbox: verdict.mailbox
        )
    }

    /// A batch is as slow as the requests in it.
    private func latency(_ route: Route) -> Int {
        route.name == RouteName.batch ? 0 : scenario.latencyMilliseconds + (route.mailbox?.extraMilliseconds ?? 0)
    }

    func end(_ ticket: Ticket, status: Int, hasChanged: Bool) {
        journal.end(ticket.sequence, status: status, hasChanged: hasChanged, at: now())
        gate.end(ticket.sequence, mailbox: ticket.mailbox)
        if let tenant = ticket.tenant { changesUnderWay[tenant]?[ticket.sequence] = nil }
    }

    private func beginChange(_ sequence: Int, _ call: Call, _ name: String, _ tenant: String) {
        if writers.isInterleaved(Writers.writer(of: call), in: tenant) {
            report(.interleavedWriters, tenant: tenant, "\(name) came from a writer after another had begun to change")
        }
        if let other = changesUnderWay[tenant]?.values.first {
            report(.overlappingChanges, tenant: tenant, "\(name) began while \(other) was under way")
        }
        changesUnderWay[tenant, default: [:]][sequence] = name
    }

    // MARK: Sign-in

    func countTokenRequest(_ request: TokenRequest, _ tenant: String) throws(LoginError) {
        let key = "\(tenant) \(request.clientID) \(request.resource.rawValue)"
        let isLoop = tokenWindows[key, default: CallWindow()].exceeds(
            scenario.tokenRequestsPerSecond,
            in: World.tokenWindowSeconds,
            at: .now
        )
        guard isLoop else { return }
        report(.tokenLoop, tenant: tenant, "the same token was asked for too often in a second")
        throw .loop
    }

    /// What a token says if it is issued now.
    func issueClaims(
        _ clientID: String,
        _ request: TokenRequest,
        _ tenantID: String
    ) throws(LoginError) -> TokenClaims {
        guard let application = application(clientID), let tenant = tenants.first(where: { $0.id == tenantID }) else {
            throw .notInDirectory(clientID, tenantID)
        }
        let grant = try tenant.signIn(application, request.resource, moment)
        let issued = Int(now().timeIntervalSince1970)
        return TokenClaims(
            aud: request.audience,
            iss: "https://sts.windows.net/\(tenantID)/",
            iat: issued,
            nbf: issued,
            exp: issued + scenario.tokenLifetimeSeconds,
            appid: clientID,
            appDisplayName: application.displayName,
            oid: grant.principal.id,
            sub: grant.principal.id,
            tid: tenantID,
            roles: grant.roles.isEmpty ? nil : grant.roles,
            wids: grant.wids.isEmpty ? nil : grant.wids,
            uti: guid()
        )
    }

    /// Plays the administrator on the consent page.
    func consent(_ request: ConsentRequest) -> Reply {
        guard let application = application(request.clientID) else {
            return ConsentRequest.page(700_016, "The application was not found.")
        }
        guard application.redirectURIs.contains(request.redirectURI) else {
            return ConsentRequest.page(50011, "The redirect URI does not match a registered one.")
        }
        if request.isVersion2, request.tenantName == "common" || request.scopes.isEmpty {
            return ConsentRequest.page(900_144, "Version 2 wants a tenant or 'organizations', and a scope.")
        }
        guard let index = consentingTenant(request) else {
            return ConsentRequest.page(90002, "Tenant '\(request.tenantName)' not found.")
        }
        let trace = guid()
        guard scenario.switches.consentAnswer == .grant else { return request.declined(trace: trace, now: now()) }
        tenants[index].grant(application, request, moment)
        var reply = request.granted(tenant: scenario.switches.forgedConsentTenant ?? tenants[index].id)
        reply.hasChangedTenant = true
        return reply
    }

    private func consentingTenant(_ request: ConsentRequest) -> Int? {
        if let named = tenants.firstIndex(where: { $0.isCalled(request.tenantName) }) { return named }
        guard ["organizations", "common"].contains(request.tenantName) else { return nil }
        return tenants.firstIndex { $0.id == scenario.switches.consentTenant?.lowercased() ?? tenants.first?.id }
    }

    // MARK: Graph and Exchange

    func answerGraph(_ route: GraphRoute, _ call: Call, _ claims: TokenClaims) throws(GraphError) -> Reply {
        guard let index = tenants.firstIndex(where: { $0.id == claims.tid }),
            tenants[index].directory.principal(id: claims.oid) != nil
        else { throw .unknownIdentity }
        let operation = GraphOperation(
            route: route,
            call: call,
            claims: claims,
            moment: moment,
            pageSize: scenario.pageSize,
            post: post
        )
        let headers = try takeUnits(route, call, claims, tenants[index])
        var reply = try operation.answer(&tenants[index])
        reply.headers.merge(headers) { $1 }
        return reply
    }

    private func takeUnits(
        _ route: GraphRoute,
        _ call: Call,
        _ claims: TokenClaims,
        _ tenant: Tenant
    ) throws(GraphError) -> [String: String] {
        guard let cost = ResourceUnits.cost(route.kind, call) else { return [:] }
        let limit = tenant.book.settings.resourceUnits ?? ResourceUnits.limit(users: tenant.book.count(.user))
        let verdict = units.take(cost, of: limit, claims, at: .now)
        if verdict.isImpatient {
            report(.impatience, tenant: tenant.id, "\(route.kind.name) was called before Retry-After was over")
        }
        guard verdict.isRefused else { return verdict.headers }
        var error = GraphError(status: 429, code: "TooManyRequests", message: "Please retry again later.")
        error.headers = verdict.headers
        throw error
    }

    func answerExchange(
        _ cmdlet: Cmdlet,
        _ envelope: CmdletEnvelope,
        _ call: Call,
        _ claims: TokenClaims
    ) throws(ExchangeError) -> Reply {
        guard let index = tenants.firstIndex(where: { $0.id == claims.tid }), tenants[index].hasExchange else {
            return .nulls(403)
        }
        let operation = ExchangeOperation(
            cmdlet: cmdlet,
            envelope: envelope,
            call: call,
            claims: claims,
            moment: moment
        )
        let isThere = tenants[index].directory.principal(id: claims.oid) != nil
        guard isThere, operation.isKnown(tenants[index]) else { return .empty(401) }
        guard operation.isAllowed(tenants[index]) else {
            if cmdlet.mayChangeTenant {
                report(.missingRole, tenant: claims.tid, "\(cmdlet.rawValue) was called without a directory role")
            }
            return .nulls(403)
        }
        if envelope.parameters["Identity"] == "", !cmdlet.mayChangeTenant {
            report(.emptyIdentity, tenant: claims.tid, "\(cmdlet.rawValue) was called with an empty Identity")
        }
        do {
            return try operation.answer(&tenants[index])
        } catch {
            if error.type.hasSuffix("ADObjectAlreadyExistsException") {
                report(.secondCreation, tenant: claims.tid, "\(cmdlet.rawValue) for a name that was there already")
            }
            throw error
        }
    }
}

// What the control listener asks.
extension World {
    func state() -> SimulatorState {
        SimulatorState(
            now: now(),
            journalLength: journal.entries.last?.sequence ?? 0,
            violationCount: violations.count,
            faults: faults.all,
            tenants: tenants.map { TenantState($0, scenario.switches) }
        )
    }

    func tenantState(_ name: String) -> TenantState? {
        tenants.first { $0.isCalled(name) }.map { TenantState($0, scenario.switches) }
    }

    func journalEntries(after sequence: Int, tenant: String?, route: String?) -> [JournalEntry] {
        journal.entries.filter { entry in
            entry.sequence > sequence && (tenant.map { $0.lowercased() == entry.tenant } ?? true)
                && (route.map { RouteName.matches(pattern: $0, route: entry.route) } ?? true)
        }
    }

    func effects(_ tenant: String?) -> [Effect] {
        tenants.filter { tenant.map($0.isCalled) ?? true }.flatMap(\.effects)
    }

    func allViolations() -> [Violation] { violations }

    func add(_ rule: FaultRule) { faults.add(rule) }

    func clearFaults() { faults.clear() }

    func advance(by seconds: TimeInterval) -> Date {
        clock.advance(by: seconds)
        return now()
    }

    /// Replaces the delays and switches while running; tenants stay as they are.
    func change(delays: Delays?, switches: Switches?, latencyMilliseconds: Int?, tokenLifetimeSeconds: Int?) {
        if let delays { scenario.delays = delays }
        if let switches { scenario.switches = switches }
        if let latencyMilliseconds { scenario.latencyMilliseconds = latencyMilliseconds }
        if let tokenLifetimeSeconds { scenario.tokenLifetimeSeconds = tokenLifetimeSeconds }
    }

    func tenant(_ name: String) -> Tenant? { tenants.first { $0.isCalled(name) } }

    /// Changes a tenant by GUID or domain.
    func change(
        tenant name: String,
        _ body: (inout Tenant) throws(SimulatorError) -> Void
    ) throws(SimulatorError) {
        guard let index = tenants.firstIndex(where: { $0.isCalled(name) }) else {
            throw SimulatorError(code: .badControlRequest, detail: "no tenant is called '\(name)'")
        }
        try body(&tenants[index])
    }

    func perform(_ action: AdminAction, tenant name: String) throws(SimulatorError) {
        let (applications, moment) = (applications, moment)
        try change(tenant: name) { tenant throws(SimulatorError) in
            try tenant.perform(action, applications: applications, moment)
        }
    }
}

/// What the world says at the beginning of a call.
struct Ticket: Sendable {
    /// A refusal that no rule of the fault script asked for.
    enum Refusal: Sendable {
        case throttled(retryAfter: String?, now: Date)
        case mailbox(text: String, retryAfter: String?, now: Date)

        var retryAfter: String? {
            switch self {
            case .throttled(let retryAfter, _), .mailbox(_, let retryAfter, _): retryAfter
            }
        }
    }

    let sequence: Int
    let tenant: String?
    let fault: Fault?
    let latencyMilliseconds: Int
    let refusal: Refusal?
    /// Under which the call is counted as under way; nil when it is not.
    let mailbox: String?
}
