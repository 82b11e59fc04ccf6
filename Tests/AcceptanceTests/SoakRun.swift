import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

/// Carries a plan out: two workers, each with a line to the broker of its own, and one line to each service.
final class SoakRun {
    /// What faults bring about by themselves: whoever took over from the dead knows nothing of a Retry-After or of a call
    /// that the dead had under way.
    static let ignoring: Set<Violation.Kind> = [.impatience, .overlappingChanges, .secondCreation]

    private static let forwarding = WorkerNetworkTests.Service.allCases
    private let plan: SoakPlan
    private let road: Road
    private let console: HistoryConsole
    private var workers: [Program] = []
    /// Which host a worker runs on: another one has another name, and a ledger of its own.
    private var hosts: [Int] = Array(repeating: 0, count: SoakPlan.workers)
    private var complaints: [String] = []
    /// All that ever ran, in the order of their starts.
    private var programs: [Program] = []
    private var brokerLines: [FaultProxy] = []
    private var serviceLines: [FaultProxy] = []

    init(_ plan: SoakPlan, on road: Road, _ console: HistoryConsole) async throws {
        self.plan = plan
        self.road = road
        self.console = console
        self.brokerLines = try (0..<SoakPlan.workers).map {
            try FaultProxy(to: road.brokerPort, seed: plan.seed &+ UInt64($0))
        }
        self.serviceLines = try Self.forwarding.map { try $0.proxy(road.simulator) }
        for number in 0..<SoakPlan.workers { self.workers.append(try await self.worker(number)) }
    }

    /// Carries all steps out at their times, then mends everything.
    func run() async throws {
        let start = ContinuousClock.now
        for step in self.plan.steps {
            try await eventually(within: .seconds(600), "the time of a step", every: .milliseconds(10)) {
                start.duration(to: .now) >= step.at
            }
            try await self.carryOut(step.action)
        }
        self.heal()
        await self.road.simulator.clearFaults()
        for worker in self.workers.indices {
            self.workers[worker].signal(SIGCONT)
            self.killExecutors(of: worker)
        }
    }

    /// Has the workers leave in good order; gives what any of them said when it did not.
    func leave() async -> [String] {
        for worker in self.workers { await self.end(worker) }
        return self.complaints
    }

    private func end(_ worker: Program) async {
        worker.signal(SIGTERM)
        worker.signal(SIGCONT)
        let status = await worker.status()
        // One that was asked before it had begun to listen has nothing to put in order.
        let hadBegun = !worker.output.isEmpty
        if status != 0, hadBegun || status != 128 + SIGTERM {
            self.complaints.append("a worker ended with \(status): \(worker.output.suffix(3_000))")
        }
    }

    /// What the workers said about these findings, and of their lives; the steps in between.
    func story(of findings: [HistoryFinding]) -> String {
        let words = findings.compactMap(\.job) + ["no session", "taking jobs", "unsettled"]
        let told = self.programs.enumerated().map { number, worker in
            let lines = worker.output.split(separator: "\n").filter { line in words.contains { line.contains($0) } }
            return (["life \(number + 1), process \(worker.pid)"] + lines.suffix(60).map(String.init))
        }
        return (told.flatMap { $0 } + self.plan.steps.map { "\($0.at): \($0.action)" }).joined(separator: "\n")
    }

    private func carryOut(_ action: SoakPlan.Action) async throws {
        switch action {
        case .job(let tenant, let id, let copies):
            let domain = SoakPlan.domain(tenant)
            try await self.console.connect(SoakPlan.tenant(tenant), domain: domain, id: id, copies: copies)
        case .bad(let body): try await self.console.send(bad: body, key: JobType.connectTenant.rawValue)
        case .killWorker(let number, let losesLedger):
            self.workers[number].signal(SIGKILL)
            _ = await self.workers[number].status()
            if losesLedger { self.hosts[number] += 1 }
            self.workers[number] = try await self.worker(number)
        case .restartWorker(let number):
            await self.end(self.workers[number])
            self.workers[number] = try await self.worker(number)
        case .freezeWorker(let number): self.workers[number].signal(SIGSTOP)
        case .thawWorker(let number): self.workers[number].signal(SIGCONT)
        case .killExecutors(let number): self.killExecutors(of: number)
        case .brokerLine(let worker, let fault, let direction, let moment):
            self.brokerLines[worker].set(fault, direction, moment)
        case .serviceLine(let service, let fault, let direction, let moment):
            self.serviceLines[service].set(fault, direction, moment)
        case .heal: self.heal()
        case .service(let rule): await self.road.simulator.add(rule)
        case .killBroker:
            try await self.road.broker.kill9()
            try await self.road.broker.start()
        case .alarm(let time):
            try await self.road.broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
            let end = ContinuousClock.now + time
            try await eventually(within: .seconds(60), "the alarm's end", every: .milliseconds(10)) { .now >= end }
            try await self.road.broker.control("set_vm_memory_high_watermark", "0.6")
        }
    }

    private func heal() { for proxy in self.brokerLines + self.serviceLines { proxy.heal() } }

    private func killExecutors(of worker: Int) { for child in self.workers[worker].children() { kill(child, SIGKILL) } }

    private func worker(_ number: Int) async throws -> Program {
        let name = "soak-\(number)-\(self.hosts[number])"
        var settings = self.road.worker(name)
        settings["SLUICE_BROKER_URL"] = self.road.brokerURL(through: self.brokerLines[number])
        settings["SLUICE_WORKER_ATTEMPTS"] = "20"
        settings["SLUICE_WORKER_DRAIN"] = "2"
        for (service, proxy) in zip(Self.forwarding, self.serviceLines) {
            settings.merge(service.setting(proxy)) { _, new in new }
        }
        let program = try await self.road.sluice(["worker"], settings)
        self.programs.append(program)
        return program
    }
}
