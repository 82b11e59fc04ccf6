import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

extension Road {
    /// The kinds of objects that connecting a tenant makes, once each.
    static let connectedKinds = [
        "app-role-assignment", "directory-role-assignment", "inbound-connector", "outbound-connector",
        "transport-rule",
    ]

    /// The broker's address by way of a proxy.
    func brokerURL(through proxy: FaultProxy) -> String { "amqp://guest@127.0.0.1:\(proxy.port)/\(self.virtualHost)" }

    /// The broker's port.
    var brokerPort: Int { URLComponents(string: self.broker.url)?.port ?? 0 }

    /// Options to log in to this road's virtual host.
    func brokerOptions() throws -> ConnectionOptions {
        try ConnectionOptions(url: "\(self.broker.url)/\(self.virtualHost)", password: self.broker.password)
    }

    /// Runs the body with a console that writes a history.
    func recorded(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (HistoryConsole) async throws -> Void
    ) async throws {
        let console = HistoryConsole(options: try self.brokerOptions(), effects: Self.connectedKinds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await console.run() }
            try await body(console)
            await console.stop()
            try await group.waitForAll()
        }
    }

    /// What is wrong with the history once nothing is that time may mend, or after the time.
    ///
    /// `ignoring` are kinds of violations that the faults of the test bring about by themselves.
    func findings(
        of console: HistoryConsole,
        within time: Duration,
        ignoring: Set<Violation.Kind> = []
    ) async -> [HistoryFinding] {
        // A history that stays wrong is what the caller wants to see, not how long it was waited for.
        try? await eventually(within: time, "a clean history", every: .milliseconds(100)) {
            let effects = await self.simulator.effects()
            let violations = await self.simulator.violations().filter { !ignoring.contains($0.kind) }
            console.note { history in
                history.note(effects)
                history.note(violations)
            }
            return console.history.findings.allSatisfy { !$0.mayPass }
        }
        return console.history.findings
    }

    /// Waits until a call that is to be hit by that kind of fault is under way.
    func waitForCall(hitBy kind: Fault.Kind) async throws {
        try await eventually(within: .seconds(60), "a call with \(kind.rawValue)") {
            await self.simulator.journal().contains { $0.fault == kind.rawValue }
        }
    }

    /// Has the first call of a route answered late, so that there is a middle of the job to break something in.
    func delay(_ route: String, milliseconds: Int) async {
        var fault = Fault(.delay)
        fault.milliseconds = milliseconds
        await self.simulator.add(FaultRule(route: route, fault: fault))
    }
}

extension HistoryConsole {
    /// Sends a connect-tenant job, several times when asked to; gives its id.
    @discardableResult
    func connect(
        _ tenant: String,
        domain: String = "contoso.com",
        id: JobID = JobID(UUID()),
        copies: Int = 1
    ) async throws -> JobID {
        let tenant = try #require(TenantID(tenant))
        let data = #"{"customer":"customer","claimedDomains":["\#(domain)"],"requestedBy":"admin@\#(domain)"}"#
        let job = try Submission(id: id, type: .connectTenant, tenant: tenant, data: Array(data.utf8), dryRun: false)
        let message = job.message(source: "/console/test", now: Date())
        for _ in 0..<copies { try await self.send(id, for: tenant, message) }
        return id
    }
}
