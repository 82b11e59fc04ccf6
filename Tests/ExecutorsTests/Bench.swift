import Foundation
import JobModel
import MailPolicy
import Logging
import Microsoft365
import Simulator
import Synchronization
import TestSupport

@testable import Executors

/// Jobs against a simulator of their own, attempt by attempt, with simulated time that a test moves.
struct Bench {
    /// How often a job may be postponed in a test before something is wrong.
    static let attemptsMax = 120

    /// Whether every test meets short and empty pages of Graph: `SLUICE_SHORT_PAGES=1`.
    static let isShortOfPages = Effort.number("SLUICE_SHORT_PAGES", standard: 0) == 1

    let simulator: SimulatorServer
    let settings: ExecutorSettings
    let log: LogLines
    private let clock: Clock

    /// One attempt: what it said and how it ended.
    struct Attempt {
        let frames: [ExecutorFrame]
        let outcome: Outcome

        /// The last thing it left to be found again.
        var memo: String? {
            self.frames.compactMap { if case .steps(_, let text) = $0 { text } else { nil } }.last
        }
        var events: [String] {
            self.frames.compactMap { if case .event(_, let name, _) = $0 { name } else { nil } }
        }
        /// The members of every event of a name.
        func members<Members: Decodable>(of name: JobEventName, _: Members.Type) throws -> [Members] {
            try self.frames.compactMap { frame in
                guard case .event(_, name.rawValue, let data) = frame else { return nil }
                return try JSONDecoder().decode(Members.self, from: Data(data))
            }
        }
        var steps: [String] {
            self.frames.compactMap { if case .progress(_, _, _, let step) = $0 { step } else { nil } }
        }
        var problem: Problem? {
            switch self.outcome {
            case .failed(let problem, _), .postponed(_, let problem), .cancelled(let problem): problem
            case .succeeded, .interrupted: nil
            }
        }
        func output() throws -> ConnectTenantOutput { try self.output(ConnectTenantOutput.self) }

        func output<Output: Decodable>(_: Output.Type) throws -> Output {
            guard case .succeeded(let bytes) = self.outcome else { throw Unexpected(outcome: self.outcome) }
            return try JSONDecoder().decode(Output.self, from: Data(bytes))
        }
    }

    /// That a job did not succeed where the test needs it to.
    struct Unexpected: Error, CustomStringConvertible {
        let outcome: Outcome
        var description: String { "not succeeded: \(self.outcome)" }
    }

    private final class Clock: Sendable {
        private let date: Mutex<Date>
        init(_ date: Date) { self.date = Mutex(date) }
        var now: Date { self.date.withLock { $0 } }
        func advance(_ seconds: Double) { self.date.withLock { $0 += seconds } }
    }

    /// Runs a test with a bench, and closes everything.
    static func with(
        _ scenario: Scenario = .virtualDemo,
        secret: String = Scenario.demoSecret,
        loginURL: String? = nil,
        gateway: GatewayProfile? = nil,
        directory: DirectorySettings = .standard,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Bench) async throws -> Void
    ) async throws {
        var scenario = scenario
        if Self.isShortOfPages { scenario.switches.graphPagesAreShort = true }
        // Left open to the end of the test process: its HTTP server traps when it is closed while a connection arrives.
        let simulator = try await SimulatorServer.start(scenario: scenario, ports: .ephemeral)
        do {
            let transport = Transport()
            let clock = Clock(await simulator.advance(by: 0))
            let resolver = try Resolver(
                servers: [NameServer(simulator.addresses.dns)],
                timing: ResolverTiming(attempt: .seconds(1), tries: 2, total: .seconds(6))
            )
            let settings = ExecutorSettings(
                endpoints: try CloudEndpoints(
                    loginURL: loginURL ?? simulator.addresses.loginURL,
                    graphURL: simulator.addresses.graphURL,
                    exchangeURL: simulator.addresses.exchangeURL
                ),
                application: Application(clientID: Scenario.demoClientID, credential: .secret(secret)),
                transport: transport,
                limits: RequestLimits(
                    requestTime: .seconds(20),
                    commandTime: .seconds(20),
                    answerBytesMax: 1 << 20,
                    pagesMax: 100,
                    readAttemptsMax: 2,
                    readPause: .milliseconds(1),
                    readPauseMax: .milliseconds(10),
                    readTimeMax: .seconds(40)
                ),
                dns: resolver,
                spf: try SPFSurveyor(resolver, port: try NameServer(simulator.addresses.dnsAuthoritative).port),
                gateway: try gateway ?? testGateway(),
                directory: directory,
                propagationDelay: .seconds(15),
                now: { clock.now }
            )
            let bench = Bench(simulator: simulator, settings: settings, log: LogLines(), clock: clock)
            do {
                try await body(bench)
            } catch {
                try await transport.shutdown()
                throw error
            }
            try await transport.shutdown()
        }
    }

    var now: Date { self.clock.now }

    /// Lets simulated time pass.
    func pass(_ seconds: Double) async {
        self.clock.advance(seconds)
        await self.simulator.advance(by: seconds)
    }

    /// A payload as a console would send it.
    static func payload(_ members: String = #""claimedDomains":["contoso.com"]"#) throws -> ConnectTenant {
        let json = #"{"customer":"Contoso","requestedBy":"admin@contoso.com",\#(members)}"#
        return try ConnectTenant(data: Array(json.utf8))
    }

    /// Runs one attempt of connect-tenant.
    func attempt(
        _ payload: ConnectTenant,
        tenant: String = Scenario.contosoID,
        memo: String? = nil,
        since: Date? = nil,
        killedAfter last: Int? = nil
    ) async throws -> Attempt {
        try await self.attempt(
            ConnectTenantExecutor(settings: self.settings),
            payload,
            tenant: tenant,
            memo: memo,
            since: since,
            killedAfter: last
        )
    }

    /// Runs one attempt of any job; it is cut off right after the frame of that number, as a killed process would be.
    func attempt<E: Executor>(
        _ executor: E,
        _ payload: E.Payload,
        tenant: String = Scenario.contosoID,
        memo: String? = nil,
        since: Date? = nil,
        killedAfter last: Int? = nil
    ) async throws -> Attempt {
        let frames = Mutex<[ExecutorFrame]>([])
        let request = ExecutorRequest(
            job: JobID(UUID()),
            tenant: try required(TenantID(tenant)),
            attempt: 1,
            limit: .seconds(600),
            since: since ?? self.now,
            steps: memo,
            data: []
        )
        let context = ExecutorContext(request: request, logger: self.log.logger) { frame in
            let count = frames.withLock { frames in
                if let last, frames.count >= last { return last + 1 }
                frames.append(frame)
                return frames.count
            }
            if count == last { withUnsafeCurrentTask { $0?.cancel() } }
        }
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await executor.run(payload, context) }
            // A process that was killed after its last frame but one never told how it ended.
            let ended = await group.next() ?? .interrupted
            let outcome = last == nil ? ended : .interrupted
            return Attempt(frames: frames.withLock { $0 }, outcome: outcome)
        }
    }

    /// Runs a connect-tenant job until it ends, letting the pauses pass; gives all attempts.
    func run(
        _ payload: ConnectTenant,
        tenant: String = Scenario.contosoID,
        memo: String? = nil,
        carriesMemo: Bool = true
    ) async throws -> [Attempt] {
        let executor = ConnectTenantExecutor(settings: self.settings)
        return try await self.run(executor, payload, tenant: tenant, memo: memo, carriesMemo: carriesMemo)
    }

    /// Runs any job until it ends, letting the pauses pass; gives all attempts.
    func run<E: Executor>(
        _ executor: E,
        _ payload: E.Payload,
        tenant: String = Scenario.contosoID,
        memo: String? = nil,
        carriesMemo: Bool = true
    ) async throws -> [Attempt] {
        let since = self.now
        var memo = memo
        var attempts: [Attempt] = []
        while attempts.count < Self.attemptsMax {
            let attempt = try await self.attempt(executor, payload, tenant: tenant, memo: memo, since: since)
            attempts.append(attempt)
            guard case .postponed(let pause, _) = attempt.outcome else { break }
            if carriesMemo { memo = attempt.memo ?? memo }
            await self.pass(pause.inSeconds)
        }
        return attempts
    }

    /// Runs a job to its success and gives its output.
    func connect(
        _ payload: ConnectTenant? = nil,
        tenant: String = Scenario.contosoID,
        memo: String? = nil
    ) async throws -> ConnectTenantOutput {
        let attempts = try await self.run(try payload ?? Self.payload(), tenant: tenant, memo: memo)
        return try required(attempts.last).output()
    }

    /// What applications, not administrators, changed in Exchange and in the directory, in order: `created inbound-connector`.
    func ownEffects(tenant: String = Scenario.contosoID) async -> [String] {
        await self.simulator.effects(tenant: tenant).filter { $0.by != "admin" }.map {
            "\($0.action.rawValue) \($0.kind)"
        }
    }
}

/// What a fresh tenant ends up with, each once.
let everythingOnce = [
    "created app-role-assignment", "created directory-role-assignment", "created inbound-connector",
    "created outbound-connector", "created transport-rule",
]

/// That a value a test needs is not there.
struct Missing: Error {}

func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}

/// Everything that was logged, with its metadata, at every level.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { self.lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.lines.lines.withLock { $0.append("\(event.message) \(metadata)") }
        }
    }
}
