import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

/// One private broker for all of them, in turn, as each does something to it.
@Suite("A broker that fails under a working worker", .serialized, .timeLimit(.minutes(10)))
struct BrokerFaultTests {
    // Started once for all tests of the suite; it ends with the process.
    private static let starting = Task { try await Broker.private() }

    /// RabbitMQ 3.10 may forget a quorum queue that was declared so shortly before a power cut.
    private static let settling = Duration.seconds(4)

    /// Breaks something while a job's call is under way, and expects a clean history.
    private func breaking(
        milliseconds: Int = 1_500,
        ignoring: Set<Violation.Kind> = [],
        _ strike: (Road, HistoryConsole, Program) async throws -> Void
    ) async throws {
        let broker = try await Self.starting.value
        try await Road.walk(.demo, on: broker, listening: false) { road in
            let declared = ContinuousClock.now
            try await road.recorded { console in
                await road.delay("exchange.New-InboundConnector", milliseconds: milliseconds)
                let worker = try await road.sluice(["worker"], ["SLUICE_BROKER_HEARTBEAT": "2"])
                try await eventually(within: .seconds(20), "queues that have settled") {
                    declared.duration(to: .now) > Self.settling
                }
                try await console.connect(Scenario.contosoID)
                try await road.waitForCall(hitBy: .delay)
                try await strike(road, console, worker)
                let findings = await road.findings(of: console, within: .seconds(120), ignoring: ignoring)
                #expect(findings.isEmpty, "\(findings) \(worker.output.suffix(6_000))")
                worker.signal(SIGTERM)
                #expect(await worker.status() == 0)
            }
        }
    }

    @Test("A power cut in mid-job: the worker comes back by itself and the job ends once")
    func killed() async throws {
        try await self.breaking { road, _, _ in
            try await road.broker.kill9()
            try await road.broker.start()
        }
    }

    @Test("A restart in good order in mid-job: the same")
    func restarted() async throws {
        try await self.breaking { road, _, _ in
            try await road.broker.stop()
            try await road.broker.start()
        }
    }

    @Test("The job queue is deleted under the consumer and made again: the running job ends, the next one runs")
    func queueDeleted() async throws {
        try await self.breaking { road, console, _ in
            try await self.withAdministrator(of: road) {
                try await $0.deleteQueue(JobTopology.queue(forKey: "connect-tenant"))
            }
            let apply = try await road.sluice(["topology", "apply"])
            #expect(await apply.status() == 0, "\(apply.output)")
            try await console.connect(Scenario.contosoID)
        }
    }

    @Test("A memory alarm in mid-job: nothing is published, no connection is lost, and all of it arrives afterwards")
    func memoryAlarm() async throws {
        try await self.breaking(milliseconds: 4_000) { road, console, worker in
            try await road.broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
            let before = console.history
            try await never(within: .seconds(7), "a result") { console.history.ended > before.ended }
            try await road.broker.control("set_vm_memory_high_watermark", "0.6")
            #expect(!worker.output.contains("no session with the broker"), "\(worker.output.suffix(4_000))")
        }
    }

    @Test("The broker takes a delivery back that was held for too long: the job begins again and ends once")
    func consumerTimeout() async throws {
        let broker = try await Self.starting.value
        func limit(_ milliseconds: Int, _ tick: Int) async throws {
            try await broker.control("eval", "application:set_env(rabbit, consumer_timeout, \(milliseconds)).")
            try await broker.control("eval", "application:set_env(rabbit, channel_tick_interval, \(tick)).")
        }
        try await limit(2_000, 500)
        // The fence ends the executor, but the service goes on with the call it had sent, while the next one looks and writes.
        let ignored: Set<Violation.Kind> = [.overlappingChanges, .secondCreation]
        try await self.breaking(milliseconds: 6_000, ignoring: ignored) { _, console, worker in
            try await eventually(within: .seconds(30), "the end of the channel") {
                worker.output.contains("no session with the broker")
            }
            #expect(console.history.ended == 0)
            try await limit(1_800_000, 60_000)
        }
    }

    @Test("The console's result queue is deleted: the result waits in the outbox until there is one again")
    func resultsUnroutable() async throws {
        try await self.breaking(milliseconds: 3_000) { road, console, worker in
            try await self.withAdministrator(of: road) { try await $0.deleteQueue(JobTopology.consoleResults) }
            try await eventually(within: .seconds(60), "a refusal") {
                worker.output.contains("a message was not taken by the broker and is sent again")
            }
            #expect(console.history.ended == 0)
            let apply = try await road.sluice(["topology", "apply"])
            #expect(await apply.status() == 0, "\(apply.output)")
        }
    }

    @Test("The exchange of results is deleted while a job runs: all it had to say arrives once there is one again")
    func exchangeDeleted() async throws {
        try await self.breaking(milliseconds: 3_000) { road, console, worker in
            try await self.withAdministrator(of: road) { try await $0.deleteExchange(JobTopology.results) }
            try await eventually(within: .seconds(60), "a refusal") {
                worker.output.contains("a message was not taken by the broker and is sent again")
            }
            #expect(console.history.ended == 0)
            let apply = try await road.sluice(["topology", "apply"])
            #expect(await apply.status() == 0, "\(apply.output)")
            try await eventually(within: .seconds(30), "the job's end") { console.history.ended == 1 }
            #expect(!worker.output.contains("no session with the broker"), "\(worker.output.suffix(4_000))")
        }
    }

    private func withAdministrator(of road: Road, _ body: (Connection) async throws -> Void) async throws {
        let connection = try await Connection.open(road.brokerOptions())
        try await body(connection)
        await connection.close()
    }
}
