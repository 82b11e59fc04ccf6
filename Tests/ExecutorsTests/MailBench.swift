import Foundation
import JobModel
import MailPolicy
import Microsoft365
import Simulator
import Synchronization
import TestSupport

@testable import Executors

/// Pull and restore against the mailboxes of a simulator, attempt by attempt, with simulated time that a test moves.
struct MailBench {
    static let tenant = Scenario.contosoID
    static let message = "<a+b'c&d#ü=%/<x>@mail.example>"

    let simulator: SimulatorServer
    var settings: ExecutorSettings
    private let clock: MovingClock
    private let log = LogLines()

    private final class MovingClock: Sendable {
        private let date: Mutex<Date>
        init(_ date: Date) { self.date = Mutex(date) }
        var now: Date { self.date.withLock { $0 } }
        func advance(_ seconds: Double) { self.date.withLock { $0 += seconds } }
    }

    /// Everything about one attempt.
    struct Attempt {
        let frames: [ExecutorFrame]
        let outcome: Outcome

        var memo: String? {
            self.frames.compactMap { if case .steps(_, let text) = $0 { text } else { nil } }.last
        }
        var progress: [(done: Int, total: Int)] {
            self.frames.compactMap { if case .progress(_, let done, let total, _) = $0 { (done, total) } else { nil } }
        }
        func told(_ name: JobEventName) throws -> [CopiesMoved] {
            try self.frames.compactMap { frame in
                guard case .event(_, name.rawValue, let data) = frame else { return nil }
                return try JSONDecoder().decode(CopiesMoved.self, from: Data(data))
            }
        }
        var notifications: [NotificationRequested] {
            get throws {
                try self.frames.compactMap { frame in
                    guard case .event(_, JobEventName.notificationRequested.rawValue, let data) = frame else {
                        return nil
                    }
                    return try JSONDecoder().decode(NotificationRequested.self, from: Data(data))
                }
            }
        }
        var problem: Problem? {
            switch self.outcome {
            case .failed(let problem, _), .postponed(_, let problem), .cancelled(let problem): problem
            case .succeeded, .interrupted: nil
            }
        }
        func output<D>(_: D.Type) throws -> MessageOutput<D> {
            guard case .succeeded(let bytes) = self.outcome else { throw Bench.Unexpected(outcome: self.outcome) }
            return try JSONDecoder().decode(MessageOutput<D>.self, from: Data(bytes))
        }
        var pulled: PullMessageOutput { get throws { try self.output(PullDisposition.self) } }
        var restored: RestoreMessageOutput { get throws { try self.output(RestoreDisposition.self) } }
    }

    /// Runs a test with a bench whose tenant has that many members, each with one copy of the message in the inbox unless
    /// `deliveries` says otherwise.
    static func with(
        members: Int = 3,
        deliveries: [ScenarioDelivery]? = nil,
        isolation: isolated (any Actor)? = #isolation,
        scenario change: (inout Scenario) -> Void = { _ in },
        _ body: (MailBench) async throws -> Void
    ) async throws {
        var scenario = Scenario.virtualDemo
        let tenant = try required(scenario.tenants.firstIndex { $0.id == Self.tenant })
        scenario.tenants[tenant].mail.population = members
        scenario.tenants[tenant].mail.deliveries =
            deliveries ?? [ScenarioDelivery(Self.message, members: ScenarioMembers(first: 1, last: members))]
        change(&scenario)
        let simulator = try await SimulatorServer.start(scenario: scenario, ports: .ephemeral)
        let transport = Transport()
        let clock = MovingClock(await simulator.advance(by: 0))
        let resolver = try Resolver(servers: [NameServer(simulator.addresses.dns)])
        var settings = ExecutorSettings(
            endpoints: try CloudEndpoints(
                loginURL: simulator.addresses.loginURL,
                graphURL: simulator.addresses.graphURL,
                exchangeURL: simulator.addresses.exchangeURL
            ),
            application: Application(
                clientID: Scenario.demoMailClientID,
                credential: .secret(Scenario.demoMailSecret)
            ),
            transport: transport,
            limits: .standard,
            dns: resolver,
            spf: try SPFSurveyor(resolver),
            gateway: try testGateway(),
            directory: .standard,
            propagationDelay: .seconds(15),
            now: { clock.now }
        )
        settings.mailboxes.patience.pause = .milliseconds(5)
        settings.mailboxes.patience.pauseMax = .seconds(3)
        do {
            try await body(MailBench(simulator: simulator, settings: settings, clock: clock))
        } catch {
            try await transport.shutdown()
            throw error
        }
        try await transport.shutdown()
    }

    /// Runs a test after the first member's one copy was pulled, by the job given, and the folder it lay in was purged.
    static func withPurgedFolder(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (MailBench, JobID) async throws -> Void
    ) async throws {
        var delivery = ScenarioDelivery(Self.message, members: ScenarioMembers(first: 1, last: 1))
        delivery.folder = "Clients/2026"
        try await Self.with(members: 1, deliveries: [delivery]) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try Self.pull([Self.member(1)]), job: job)
            let purge = MailboxAction(.purgeFolder, folder: "Clients/2026")
            try await bench.simulator.perform(purge, on: Self.member(1), tenant: Self.tenant)
            try await body(bench, job)
        }
    }

    static func member(_ number: Int) -> String {
        "user" + String(repeating: "0", count: 6 - String(number).count) + "\(number)@contoso.com"
    }

    /// A pull of the message from mailboxes, as a console would send it.
    static func pull(
        _ mailboxes: [String],
        message: String = Self.message,
        _ members: [String: Any] = [:]
    ) throws -> PullMessage {
        var data: [String: Any] = [
            "internetMessageId": message, "targets": mailboxes.map { ["mailbox": $0] }, "reason": "phish",
            "requestedBy": "admin@contoso.com",
        ]
        data.merge(members) { $1 }
        return try PullMessage(data: [UInt8](try JSONSerialization.data(withJSONObject: data)))
    }

    static func restore(_ mailboxes: [String], _ selector: [String: Any]) throws -> RestoreMessage {
        var data: [String: Any] = [
            "mailboxes": mailboxes, "reason": "false positive", "requestedBy": "admin@contoso.com",
        ]
        data.merge(selector) { $1 }
        return try RestoreMessage(data: [UInt8](try JSONSerialization.data(withJSONObject: data)))
    }

    func pass(_ seconds: Double) async {
        self.clock.advance(seconds)
        await self.simulator.advance(by: seconds)
    }

    var now: Date { self.clock.now }

    /// What an executor is told of one attempt; what it says is `heard`.
    func context(
        job: JobID,
        memo: String? = nil,
        since: Date? = nil,
        limit: Duration = .seconds(600),
        heard: @escaping @Sendable (ExecutorFrame) -> Void = { _ in }
    ) throws -> ExecutorContext {
        let request = ExecutorRequest(
            job: job,
            tenant: try required(TenantID(Self.tenant)),
            attempt: 1,
            limit: limit,
            since: since ?? self.now,
            steps: memo,
            data: []
        )
        return ExecutorContext(request: request, logger: self.log.logger, send: heard)
    }

    /// Runs one attempt; `killed` returns when the process dies, or with `hearsTheEnd` when it is told to stop;
    /// `heard` is told of each frame at once.
    func attempt(
        _ payload: any Sendable,
        job: JobID,
        memo: String? = nil,
        since: Date? = nil,
        limit: Duration = .seconds(600),
        hearsTheEnd: Bool = false,
        killed: (@Sendable () async throws -> Void)? = nil,
        heard: (@Sendable (ExecutorFrame) -> Void)? = nil
    ) async throws -> Attempt {
        let frames = Mutex<[ExecutorFrame]>([])
        let context = try self.context(job: job, memo: memo, since: since, limit: limit) { frame in
            frames.withLock { $0.append(frame) }
            heard?(frame)
        }
        let settings = self.settings
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                switch payload {
                case let pull as PullMessage: await PullMessageExecutor(settings: settings).run(pull, context)
                case let restore as RestoreMessage:
                    await RestoreMessageExecutor(settings: settings).run(restore, context)
                default: .interrupted
                }
            }
            if let killed {
                group.addTask {
                    try? await killed()
                    return nil
                }
            }
            var first = try await group.next() ?? nil
            group.cancelAll()
            if hearsTheEnd { while let end = try await group.next() { first = first ?? end } }
            // What a process says after it was killed nobody hears.
            let frames = frames.withLock { $0 }
            return Attempt(frames: frames, outcome: first ?? .interrupted)
        }
    }

    /// Runs a job to its end, letting the pauses pass; gives the last attempt.
    func run(_ payload: any Sendable, job: JobID = JobID(UUID()), memo: String? = nil) async throws -> Attempt {
        let since = self.now
        var memo = memo
        for _ in 0..<60 {
            let attempt = try await self.attempt(payload, job: job, memo: memo, since: since)
            guard case .postponed(let pause, _) = attempt.outcome else { return attempt }
            memo = attempt.memo ?? memo
            await self.pass(pause.inSeconds)
        }
        throw Missing()
    }

    // MARK: What the mailboxes are like

    func items(_ mailbox: String) throws -> [MailboxReport.Item] {
        try required(self.simulator.mailbox(mailbox, tenant: Self.tenant)).items
    }

    /// How often an application moved something to another folder, by the immutable id of the copy.
    func moves(to folder: String? = nil) -> [String: Int] {
        self.simulator.mailEffects(tenant: Self.tenant).reduce(into: [:]) { moves, effect in
            guard effect.action == .moved, effect.by != "user", effect.from != effect.to else { return }
            guard folder == nil || effect.to == folder else { return }
            moves[effect.id, default: 0] += 1
        }
    }
}

/// What the quarantine is called in paths.
let quarantine = MailboxFolders.quarantineName
