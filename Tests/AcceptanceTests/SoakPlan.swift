import Foundation
import JobModel
import Simulator
import TestSupport

/// A run of jobs and faults, all of it decided by a seed.
struct SoakPlan: Sendable {
    /// One thing that is done.
    enum Action: Sendable {
        /// A job is sent, so many times under one id.
        case job(tenant: Int, id: JobID, copies: Int)
        /// Something is sent that is no job.
        case bad([UInt8])
        /// A worker is killed and another started in its place: with its ledger, or as a new host that has none.
        case killWorker(Int, losesLedger: Bool)
        /// A worker leaves in good order and another is started in its place.
        case restartWorker(Int)
        /// A worker is frozen.
        case freezeWorker(Int)
        /// A worker goes on that was frozen.
        case thawWorker(Int)
        /// A worker's executors are killed.
        case killExecutors(Int)
        /// The way of a worker to the broker becomes bad.
        case brokerLine(worker: Int, ProxyFault, ProxyDirection, ProxyMoment)
        /// The way to one of Microsoft's services becomes bad.
        case serviceLine(Int, ProxyFault, ProxyDirection, ProxyMoment)
        /// All lines are good again.
        case heal
        /// A call of the service goes wrong.
        case service(FaultRule)
        /// The broker is killed and started again.
        case killBroker
        /// The broker has no memory for those who publish, for so long; no job is sent meanwhile.
        case alarm(Duration)
    }

    /// An action and its time since the start.
    struct Step: Sendable {
        let at: Duration
        let action: Action
    }

    static let workers = 2
    static let services = 3

    let seed: UInt64
    let scenario: Scenario
    let steps: [Step]

    /// Makes the plan of a seed; the same one each time.
    ///
    /// The workers are restarted in turn so many times, at even intervals, as when a new version is rolled out. With
    /// `cutsBroker` they lose their broker too: bad lines to it, alarms, and one power cut.
    init(seed: UInt64, length: Duration, tenants: Int, jobs: Int, faults: Int, restarts: Int, cutsBroker: Bool) {
        var numbers = SeededNumbers(seed: seed)
        self.seed = seed
        self.scenario = Self.scenario(tenants: tenants, &numbers)
        let jobSteps = (0..<jobs).flatMap { Self.job($0, tenants, length * 0.8, &numbers) }
        let faultSteps = (0..<faults).flatMap { _ in Self.fault(length, cutsBroker, &numbers) }
        let powerCut = Step(at: length * Double.random(in: 0.3...0.6, using: &numbers), action: .killBroker)
        let restartSteps = (0..<restarts).map { number in
            Step(at: length * (Double(number) + 0.5) / Double(restarts), action: .restartWorker(number % Self.workers))
        }
        let steps = jobSteps + faultSteps + restartSteps + (cutsBroker ? [powerCut] : [])
        self.steps = steps.sorted { $0.at < $1.at }
    }

    /// The GUID of a tenant.
    static func tenant(_ index: Int) -> String { "0a1b2c3d-0000-4000-8000-\(String(format: "%012d", index))" }

    /// The domain of a tenant.
    static func domain(_ index: Int) -> String { "customer\(index).example" }

    private static func scenario(tenants: Int, _ numbers: inout SeededNumbers) -> Scenario {
        var scenario = Scenario.demo
        scenario.seed = numbers.next()
        scenario.latencyMilliseconds = Int.random(in: 1...40, using: &numbers)
        scenario.tenants = (0..<tenants).map { index in
            var main = ScenarioDomain(name: self.domain(index))
            main.isDefault = true
            let initial = "customer\(index).onmicrosoft.com"
            var tenant = ScenarioTenant(id: self.tenant(index), initialDomain: initial, domains: [main])
            tenant.consents = [Scenario.demoClientID: ScenarioApplication.productPermissions]
            return tenant
        }
        return scenario
    }

    private static func job(
        _ number: Int,
        _ tenants: Int,
        _ length: Duration,
        _ numbers: inout SeededNumbers
    ) -> [Step] {
        let at = length * Double.random(in: 0...1, using: &numbers)
        if Int.random(in: 0..<8, using: &numbers) == 0 {
            return [Step(at: at, action: .bad(Array("no job \(number), \(numbers.next())".utf8)))]
        }
        let id = JobID(self.uuid(&numbers))
        // Every tenant gets a job, so that each has its objects to count.
        let tenant = number < tenants ? number : Int.random(in: 0..<tenants, using: &numbers)
        let copies = Int.random(in: 0..<4, using: &numbers) == 0 ? 2 : 1
        let first = Step(at: at, action: .job(tenant: tenant, id: id, copies: copies))
        guard Int.random(in: 0..<5, using: &numbers) == 0 else { return [first] }
        let later = at + length * Double.random(in: 0...0.2, using: &numbers)
        return [first, Step(at: later, action: .job(tenant: tenant, id: id, copies: 1))]
    }

    private static func uuid(_ numbers: inout SeededNumbers) -> UUID {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }

    /// A fault, and where it lasts its end.
    private static func fault(_ length: Duration, _ cutsBroker: Bool, _ numbers: inout SeededNumbers) -> [Step] {
        let at = length * Double.random(in: 0.02...0.9, using: &numbers)
        let worker = Int.random(in: 0..<self.workers, using: &numbers)
        let lasting = at + .milliseconds(Int.random(in: 300...5_000, using: &numbers))
        switch Int.random(in: 0..<12, using: &numbers) {
        case 0: return [Step(at: at, action: .killWorker(worker, losesLedger: false))]
        case 1: return [Step(at: at, action: .killWorker(worker, losesLedger: true))]
        case 2: return [Step(at: at, action: .killExecutors(worker))]
        case 10:
            let wake = at + .milliseconds(Int.random(in: 500...8_000, using: &numbers))
            return [Step(at: at, action: .freezeWorker(worker)), Step(at: wake, action: .thawWorker(worker))]
        case 11 where cutsBroker:
            return [Step(at: at, action: .alarm(lasting - at))]
        case 3...4 where cutsBroker:
            let (fault, direction, moment) = self.lineFault(&numbers)
            let begin = Step(at: at, action: .brokerLine(worker: worker, fault, direction, moment))
            return [begin, Step(at: lasting, action: .heal)]
        case 3...6:
            let (fault, direction, moment) = self.lineFault(&numbers)
            let service = Int.random(in: 0..<self.services, using: &numbers)
            return [
                Step(at: at, action: .serviceLine(service, fault, direction, moment)),
                Step(at: lasting, action: .heal),
            ]
        default: return self.serviceFault(at, &numbers)
        }
    }

    private static func lineFault(_ numbers: inout SeededNumbers) -> (ProxyFault, ProxyDirection, ProxyMoment) {
        let faults: [ProxyFault] = [
            .resetPeer, .resetPeer, .timeout, .drop, .down, .slicer(bytes: 11, pause: .milliseconds(1)),
            .bandwidth(bytesPerSecond: 30_000), .latency(.milliseconds(200), jitter: .milliseconds(300)),
        ]
        let directions: [ProxyDirection] = [.up, .down, .both]
        let fault = faults[Int.random(in: 0..<faults.count, using: &numbers)]
        let direction = directions[Int.random(in: 0..<directions.count, using: &numbers)]
        let byte = Int.random(in: 1...3_000, using: &numbers)
        return (fault, direction, Bool.random(using: &numbers) ? .now : .afterBytes(byte))
    }

    private static func serviceFault(_ at: Duration, _ numbers: inout SeededNumbers) -> [Step] {
        let routes = ["*", "graph.*", "exchange.*", "exchange.New-*", "login.token", "graph.appRoleAssignments.create"]
        let kinds: [Fault.Kind] = [
            .reply, .throttle, .dropBeforeCommit, .dropAfterCommit, .garbage, .empty, .delay, .hang,
        ]
        var fault = Fault(kinds[Int.random(in: 0..<kinds.count, using: &numbers)])
        fault.afterCommit = Bool.random(using: &numbers)
        switch fault.kind {
        case .reply: fault.status = [500, 502, 503, 504][Int.random(in: 0..<4, using: &numbers)]
        case .throttle: fault.retryAfter = "1"
        case .delay: fault.milliseconds = Int.random(in: 100...2_000, using: &numbers)
        case .hang, .garbage, .empty, .nul, .dropBeforeCommit, .dropAfterCommit, .foreignNextLink, .loginError,
            .exchangeError, .twinBehind, .twinAhead, .userActs:
            break
        }
        let rule = FaultRule(
            route: routes[Int.random(in: 0..<routes.count, using: &numbers)],
            fault: fault,
            count: Int.random(in: 1...2, using: &numbers)
        )
        // Nobody waits a hundred seconds for a call that hangs: its executor is killed.
        let kills = (0..<self.workers).map { Step(at: at + .seconds(2), action: .killExecutors($0)) }
        return [Step(at: at, action: .service(rule))] + (fault.kind == .hang ? kills : [])
    }
}
