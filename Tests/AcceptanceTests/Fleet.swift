import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

/// Workers as on hosts of their own: each has a name, and a folder for its ledger that no other sees.
final class Fleet {
    private let road: Road
    private let settings: [String: String]
    private let first: Int
    /// The workers that run now.
    private(set) var workers: [Program] = []
    /// All that ever ran, in the order of their starts.
    private var programs: [Program] = []
    /// What workers said that did not leave in good order.
    private(set) var complaints: [String] = []

    /// Starts that many workers, on hosts numbered from `first`; returns when all of them listen.
    init(_ count: Int, on road: Road, from first: Int = 0, _ settings: [String: String] = [:]) async throws {
        self.road = road
        self.first = first
        self.settings = settings.merging(try road.outboundSettings(egress: "203.0.113.10")) { own, _ in own }
        for number in first..<first + count { self.workers.append(try await self.start(number)) }
        try await self.waitForAll()
    }

    /// Where a worker keeps its ledger.
    func disk(of number: Int) -> URL { self.road.folder.appending(path: "host-\(number)") }

    /// A worker leaves in good order, and a newer one takes its place on the same host.
    func replace(_ number: Int) async throws {
        await self.end(self.workers[number - self.first])
        self.workers[number - self.first] = try await self.start(number)
        try await self.waitForAll()
    }

    /// Has all leave in good order.
    func leave() async { for worker in self.workers { await self.end(worker) } }

    /// What the workers said about these findings.
    func story(of findings: [HistoryFinding]) -> String {
        let words = findings.compactMap(\.job) + ["no session", "taking jobs", "leaving"]
        return self.programs.enumerated().map { number, program in
            let lines = program.output.split(separator: "\n").filter { line in words.contains { line.contains($0) } }
            return "life \(number + 1)\n" + lines.suffix(60).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private func start(_ number: Int) async throws -> Program {
        let disk = self.disk(of: number)
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let own = [
            "SLUICE_WORKER_NAME": "host-\(number)", "SLUICE_BROKER_HEARTBEAT": "2",
            "SLUICE_LEDGER_PATH": disk.appending(path: "ledger.sqlite").path,
        ]
        let program = try await self.road.sluice(["worker"], self.settings.merging(own) { $1 })
        self.programs.append(program)
        return program
    }

    private func waitForAll() async throws {
        try await eventually(within: .seconds(30), "all workers listen", every: .milliseconds(50)) {
            try await self.road.console.checkQueue("job.connect-tenant").consumers == self.workers.count
        }
    }

    private func end(_ worker: Program) async {
        worker.signal(SIGTERM)
        let status = await worker.status()
        if status != 0 { self.complaints.append("a worker ended with \(status): \(worker.output.suffix(2_000))") }
    }
}

extension Scenario {
    /// Tenants that have consented, and whose SPF records name the gateway already.
    static func customers(_ count: Int) -> Scenario {
        var scenario = Scenario.demo
        scenario.latencyMilliseconds = 5
        scenario.tenants = (0..<count).map { number in
            var main = ScenarioDomain(name: Customer(number).domain)
            main.isDefault = true
            let initial = "customer\(number).onmicrosoft.com"
            var tenant = ScenarioTenant(id: Customer(number).tenant, initialDomain: initial, domains: [main])
            tenant.consents = [Scenario.demoClientID: ScenarioApplication.productPermissions]
            return tenant
        }
        let record = "v=spf1 include:spf.protection.outlook.com include:spf.gateway.example -all"
        scenario.dns += (0..<count).map { number in
            var name = ScenarioName(Customer(number).domain, text: record)
            name.ns = ["ns1.contoso.com"]
            return name
        }
        return scenario
    }
}

/// One of the tenants of `Scenario.customers`.
struct Customer {
    let tenant: String
    let domain: String

    init(_ number: Int) {
        self.tenant = "0a1b2c3d-0000-4000-8000-\(String(format: "%012d", number))"
        self.domain = "customer\(number).example"
    }
}

extension HistoryConsole {
    /// Sends a job of a type for a customer, whose result is to be a success; gives its id.
    @discardableResult
    func send(_ type: JobType, for customer: Customer, milliseconds: Int = 0) async throws -> JobID {
        let who = #""customer":"customer","requestedBy":"admin@\#(customer.domain)""#
        let data =
            switch type {
            case .noOp: #"{"milliseconds":\#(milliseconds)}"#
            case .connectTenant: #"{\#(who),"claimedDomains":["\#(customer.domain)"]}"#
            case .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant,
                .syncDirectory, .pullMessage, .restoreMessage:
                "{\(who)}"
            }
        let tenant = try #require(TenantID(customer.tenant))
        let id = JobID(UUID())
        let job = try Submission(id: id, type: type, tenant: tenant, data: Array(data.utf8), dryRun: false)
        try await self.send(id, for: tenant, job.message(source: "/console/test", now: Date()))
        return id
    }
}

extension Road {
    /// The writers that called for a tenant, reads included, in the order of their turns.
    func turns(in customer: Customer) async -> [String] {
        let calls = await self.simulator.journal(tenant: customer.tenant).filter { $0.service != .login }
        return calls.compactMap(\.writer).reduce(into: []) { turns, writer in
            if turns.last != writer { turns.append(writer) }
        }
    }
}
