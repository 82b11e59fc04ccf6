import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("connect-tenant on the whole road")
struct ConnectTenantTests {
    @Test("A tenant is connected: one result, events without a gap, every object once, the outbound connector disabled")
    func connects() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(Scenario.contosoID)
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(worker.output)")
            try await road.expectWholeStory(of: job)
            try await road.expectConnected(Scenario.contosoID)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }

    @Test("Sent twice under one id, and once more under another: one effect, one result an id")
    func repeats() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let job = JobID(UUID())
            for _ in 0..<3 { _ = try await road.connect(Scenario.contosoID, id: job) }
            #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output)")
            let again = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: again).0 == .succeeded)
            _ = try await road.connect(Scenario.contosoID, id: job)
            let last = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: last).0 == .succeeded)
            try await road.expectWholeStory(of: job)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("Grants that take their time are waited for without an attempt, and the tenant is connected in the end")
    func propagation() async throws {
        var scenario = Scenario.demo
        scenario.delays.appRoleInExchangeSeconds = 2
        scenario.delays.directoryRoleInTokenSeconds = 3
        scenario.delays.exchangeVisibilitySeconds = 1
        try await Road.walk(scenario) { road in
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: job, within: .seconds(90)).0 == .succeeded, "\(worker.output)")
            #expect(!road.postponements(of: job).isEmpty)
            #expect(road.retries(of: job).isEmpty)
            try await road.expectWholeStory(of: job)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("SIGTERM in the middle hands the job back unspent, and the next worker finishes it")
    func drain() async throws {
        try await Road.walk(.demo) { road in
            let hang = FaultRule(route: "exchange.New-OutboundConnector", fault: Fault(.hang))
            await road.simulator.add(hang)
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_DRAIN": "1"])
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0, "\(worker.output)")
            #expect(road.results(of: job).isEmpty)
            let next = try await road.sluice(["worker"])
            #expect(try await road.result(of: job).0 == .succeeded, "\(next.output)")
            try await road.expectWholeStory(of: job)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("A worker that is started while the broker is away connects by itself, and leaves when asked to")
    func brokerAway() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"], ["SLUICE_BROKER_URL": "amqp://guest@127.0.0.1:1"])
            try await eventually(within: .seconds(20), "a second try") {
                worker.output.components(separatedBy: "no session with the broker").count > 2
            }
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }
}

extension Road {
    /// One result; events numbered from 1 without a gap; exactly one terminal event, the last.
    func expectWholeStory(of job: JobID, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually(within: .seconds(20), "the terminal event of \(job)") {
            self.events(of: job).contains { $0.terminal }
        }
        // Copies under one id are one message for a reader.
        let numbers = Set(self.events(of: job).map(\.sequence))
        #expect(numbers == Set(1...numbers.count), sourceLocation: sourceLocation)
        let terminal = Set(self.events(of: job).filter(\.terminal).map(\.sequence))
        #expect(terminal == [numbers.count], sourceLocation: sourceLocation)
        let ids = Set(
            self.messages(in: JobTopology.consoleResults).filter { $0.properties.correlationID == job.description }.map(
                \.properties.messageID
            )
        )
        #expect(ids == ["\(job).result"], sourceLocation: sourceLocation)
    }

    /// Exactly one of each object, made once, and the outbound connector disabled; no rule of the service broken.
    func expectConnected(_ tenant: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let effects = await self.simulator.effects(tenant: tenant)
        let kinds = [
            "app-role-assignment", "directory-role-assignment", "inbound-connector", "outbound-connector",
            "transport-rule",
        ]
        #expect(
            effects.filter { $0.action == .created }.map(\.kind).sorted() == kinds.sorted(),
            sourceLocation: sourceLocation
        )
        let state = try #require(await self.simulator.tenant(tenant), sourceLocation: sourceLocation)
        let outbound = state.outboundConnectors.first { $0["Name"] == .text("Outbound Connector for Example Gateway") }
        #expect(outbound?["Enabled"] == .flag(false), sourceLocation: sourceLocation)
        let violations = await self.simulator.violations()
        #expect(violations.isEmpty, "\(violations)", sourceLocation: sourceLocation)
    }

    /// Waits until a call hangs; the simulator notes its end when it stops answering.
    func waitForHang() async throws {
        try await eventually(within: .seconds(30), "a call that hangs") {
            await self.simulator.journal().contains { $0.fault == "hang" && $0.status == 0 }
        }
    }

    /// The events of a job as its console sees them.
    private func events(of job: JobID) -> [EventHead] {
        self.messages(in: JobTopology.consoleEvents).filter { $0.properties.correlationID == job.description }
            .compactMap {
                try? JSONDecoder().decode(EventMessage.self, from: Data($0.body)).data
            }
    }
}

/// The members every event has.
private struct EventHead: Decodable {
    let sequence: Int
    let terminal: Bool
}

private struct EventMessage: Decodable { let data: EventHead }
