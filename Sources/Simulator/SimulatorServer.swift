package import Foundation
import Logging
import ServiceLifecycle

/// Microsoft 365 for tests and demos: sign-in, Graph and Exchange administration on loopback, and DNS beside them.
///
/// Four HTTP listeners, so that a client's host checks are real: login, graph, exchange, control. Two listeners for DNS,
/// as a resolver and as the authoritative servers see it. It is strict where the
/// real service is strict and unkind where it is unkind; ``Scenario`` says how unkind.
///
/// ```swift
/// var scenario = Scenario.demo
/// scenario.clock = ClockSettings(kind: .virtual)
/// scenario.delays.appRoleInTokenSeconds = 60
/// let simulator = try await SimulatorServer.start(scenario: scenario, ports: .ephemeral)
/// defer { await simulator.stop() }                     // in a test: withSimulator of TestSupport does both
/// // … sign in at simulator.addresses.loginURL …
/// await simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.dropAfterCommit)))
/// await simulator.advance(by: 60)
/// let made = await simulator.effects(tenant: Scenario.contosoID)
/// let misdeeds = await simulator.violations()
/// ```
///
/// Other processes do the same over HTTP: see ``ControlRoutes`` for the paths, ``RouteName`` for the routes,
/// ``Fault`` for what can go wrong, ``AdminAction`` for what an administrator does.
package final class SimulatorServer: Sendable {
    /// Where it listens.
    package let addresses: SimulatorAddresses
    let world: World
    private let listeners: ServiceGroup
    private let serving: Task<Void, any Error>
    private let names: [DNSServer]

    /// How long calls under way may still take once the listeners have closed.
    private static let farewell = Duration.milliseconds(200)

    private init(
        addresses: SimulatorAddresses,
        world: World,
        listeners: ServiceGroup,
        serving: Task<Void, any Error>,
        names: [DNSServer]
    ) {
        self.addresses = addresses
        self.world = world
        self.listeners = listeners
        self.serving = serving
        self.names = names
    }

    /// Starts all listeners and returns when all of them listen.
    ///
    /// Throws when the scenario contradicts itself or a port is taken.
    package static func start(scenario: Scenario, ports: SimulatorPorts) async throws(SimulatorError) -> SimulatorServer
    {
        try scenario.validate()
        let world = try World(scenario)
        let issuer = await TokenIssuer()
        let resolver = try await DNSServer.start(.resolver, port: ports.port(of: .resolver), names: world.names)
        let authority = try await authority(ports, world.names, beside: resolver)
        let (openings, opened) = AsyncStream.makeStream(of: (ServiceName, Int).self)
        let listeners = group(
            of: ServiceName.allCases.map { service in
                Listener(
                    service: service,
                    port: ports.port(of: service),
                    deliver: delivery(service, world, issuer),
                    onListening: { opened.yield((service, $0)) }
                )
            }
        )
        // The one task that outlives this function: stop() ends it and waits for its end.
        let serving = Task {
            defer { opened.finish() }
            try await listeners.run()
        }
        guard let addresses = await SimulatorAddresses(openings, dns: resolver.port, dnsAuthoritative: authority.port)
        else {
            for server in [resolver, authority] { await server.stop() }
            throw await failure(of: serving)
        }
        await world.setAddresses(addresses)
        return SimulatorServer(
            addresses: addresses,
            world: world,
            listeners: listeners,
            serving: serving,
            names: [resolver, authority]
        )
    }

    private static func authority(
        _ ports: SimulatorPorts,
        _ names: NameTable,
        beside resolver: DNSServer
    ) async throws(SimulatorError) -> DNSServer {
        do {
            return try await DNSServer.start(.authoritative, port: ports.port(of: .authoritative), names: names)
        } catch {
            await resolver.stop()
            throw error
        }
    }

    /// Closes the listeners and then all connections, and returns when they are closed.
    ///
    /// The order matters: a connection that arrives while its listener is being cancelled would end the process.
    package func stop() async {
        for server in names { await server.stop() }
        await listeners.triggerGracefulShutdown()
        _ = await serving.result
    }

    private static func group(of listeners: [Listener]) -> ServiceGroup {
        var quiet = Logger(label: "simulator")
        quiet.logLevel = .critical
        var configuration = ServiceGroupConfiguration(services: listeners, logger: quiet)
        configuration.maximumGracefulShutdownDuration = farewell
        return ServiceGroup(configuration: configuration)
    }

    private static func delivery(
        _ service: ServiceName,
        _ world: World,
        _ issuer: TokenIssuer
    ) -> @Sendable (Call) async -> Delivery {
        switch service {
        case .login: Pipeline(world: world, service: LoginService(world: world, issuer: issuer)).deliver
        case .graph: Pipeline(world: world, service: GraphService(world: world, issuer: issuer)).deliver
        case .exchange: Pipeline(world: world, service: ExchangeService(world: world, issuer: issuer)).deliver
        case .control: ControlRoutes(world: world).deliver
        }
    }

    private static func failure(of serving: Task<Void, any Error>) async -> SimulatorError {
        serving.cancel()
        switch await serving.result {
        case .success: return SimulatorError(code: .cannotListen, detail: "a listener ended at once")
        case .failure(let error): return SimulatorError(code: .cannotListen, detail: "\(error)")
        }
    }
}

// The control listener's verbs for tests in the same process.
extension SimulatorServer {
    /// Everything at once.
    package func state() async -> SimulatorState { await world.state() }
    /// A tenant by GUID or domain.
    package func tenant(_ name: String) async -> TenantState? { await world.tenantState(name) }
    /// The requests so far; `route` may end in a star.
    package func journal(tenant: String? = nil, route: String? = nil) async -> [JournalEntry] {
        await world.journalEntries(after: 0, tenant: tenant, route: route)
    }
    /// What became different in a tenant, or in all.
    package func effects(tenant: String? = nil) async -> [Effect] { await world.effects(tenant) }
    /// What a well-behaved client would not have done.
    package func violations() async -> [Violation] { await world.allViolations() }
    /// Adds a fault rule; it counts calls from now on.
    package func add(_ rule: FaultRule) async { await world.add(rule) }
    /// Forgets all fault rules.
    package func clearFaults() async { await world.clearFaults() }
    /// Moves simulated time forward and returns it.
    @discardableResult
    package func advance(by seconds: TimeInterval) async -> Date { await world.advance(by: seconds) }
    /// Starts anew with that scenario, or with the same one.
    package func reset(_ scenario: Scenario? = nil) async throws(SimulatorError) {
        try scenario?.validate()
        try await world.reset(scenario)
    }
    /// Publishes names in DNS, in the place of those that are called the same.
    package func publish(_ names: [ScenarioName]) throws(SimulatorError) {
        for name in names { try name.validate() }
        world.names.publish(names)
    }
    /// Takes a name out of DNS.
    package func unpublish(_ name: String) { world.names.remove(name) }
    /// The questions that DNS was asked, in the order of arrival.
    package func dnsJournal() -> [DNSQuery] { world.names.journal }
    /// Acts as a tenant's administrator.
    package func perform(_ action: AdminAction, tenant: String) async throws(SimulatorError) {
        try await world.perform(action, tenant: tenant)
    }
    /// Changes delays, switches, latency or token life while running.
    package func change(
        delays: Delays? = nil,
        switches: Switches? = nil,
        latencyMilliseconds: Int? = nil,
        tokenLifetimeSeconds: Int? = nil
    ) async {
        await world.change(
            delays: delays,
            switches: switches,
            latencyMilliseconds: latencyMilliseconds,
            tokenLifetimeSeconds: tokenLifetimeSeconds
        )
    }
}
