import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("sluice bench")
struct BenchTests {
    private func report(_ program: Program) throws -> BenchReport {
        let text = program.output
        let start = try #require(text.firstIndex(of: "{"), "\(text)")
        let end = try #require(text.lastIndex(of: "}"))
        return try JSONDecoder().decode(BenchReport.self, from: Data(text[start...end].utf8))
    }

    @Test("Every job is found again, and nothing of it is left in the console's queues", .timeLimit(.minutes(2)))
    func findsAll() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let stranger = Message(body: Array("{}".utf8), properties: Properties(correlationID: "a stranger"))
            try await road.console.publish(stranger, to: .queue(JobTopology.consoleResults), mandatory: true)
            let bench = try await road.sluice(["bench", "--jobs", "200", "--rate", "100", "--size", "500", "--json"])
            let status = await bench.status()
            #expect(status == 0, "\(bench.output)")
            let report = try self.report(bench)
            #expect(report.account == .init(sent: 400, answered: 400, lost: 0, duplicates: 0, failed: 0))
            #expect(report.isSound)
            #expect(report.latency?.jobs == 200)
            #expect((report.jobsPerSecond ?? 0) > 0)
            #expect((report.processor.worker ?? 0) > 0)
            #expect((report.processor.broker ?? 0) > 0)
            #expect((report.processor.ledger ?? 0) > 0)
            #expect((report.memory?.executors ?? 0) > 0)
            #expect((report.batches.jobsPerCommit ?? 0) > 1)
            #expect((report.batches.framesPerRead ?? 0) >= 1)
            try await eventually(within: .seconds(10), "the stranger's return") {
                try await road.console.checkQueue(JobTopology.consoleResults).messages == 1
            }
            #expect(try await road.console.checkQueue(JobTopology.consoleEvents).messages == 0)
            let left = try await road.console.get(JobTopology.consoleResults)
            #expect(left?.message.properties.correlationID == "a stranger")
        }
    }

    @Test("A worker killed in the middle is started again, and no job is lost", .timeLimit(.minutes(2)))
    func survivesKill() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let bench = try await road.sluice(["bench", "--jobs", "3000", "--rate", "50", "--json"])
            try await eventually(within: .seconds(60), "results before the kill") {
                try await road.console.checkQueue(JobTopology.consoleResults).messages > 100
            }
            let worker = try #require(bench.children().first)
            #expect(kill(worker, SIGKILL) == 0)
            let status = await bench.status()
            #expect(status == 0, "\(bench.output)")
            let report = try self.report(bench)
            #expect(report.restarts == 1)
            #expect(report.account.lost == 0)
            #expect(report.account.answered == 3_500)
        }
    }

    @Test("Interrupted, it says so, ends its worker and leaves no job behind", .timeLimit(.minutes(2)))
    func isInterrupted() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let bench = try await road.sluice(["bench", "--jobs", "200", "--rate", "1", "--json"])
            try await eventually(within: .seconds(60), "the second part") {
                try await road.console.checkQueue(JobTopology.consoleResults).messages >= 200
            }
            let worker = try #require(bench.children().first)
            bench.signal(SIGINT)
            #expect(await bench.status() == 1)
            #expect(bench.output.contains("the benchmark was ended by"))
            #expect(kill(worker, 0) != 0)
            for key in JobTopology.keys(of: .noOp) {
                #expect(try await road.console.checkQueue(JobTopology.queue(forKey: key)).messages == 0)
            }
        }
    }

    @Test("Without workers it gives up in time and takes its jobs back", .timeLimit(.minutes(2)))
    func givesUp() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let bench = try await road.sluice(["bench", "--jobs", "50", "--no-worker", "--time-limit", "2", "--json"])
            #expect(await bench.status() == 1)
            let report = try self.report(bench)
            #expect(report.account.lost == 50)
            #expect(report.wasCutShort)
            for key in JobTopology.keys(of: .noOp) {
                #expect(try await road.console.checkQueue(JobTopology.queue(forKey: key)).messages == 0)
            }
        }
    }

    @Test("A number out of bounds is wrong use", arguments: [["--jobs", "0"], ["--size", "65537"], ["--rate", "x"]])
    func refuses(arguments: [String]) async throws {
        try await Road.walk(.demo, listening: false, topology: false) { road in
            let bench = try await road.sluice(["bench"] + arguments)
            #expect(await bench.status() == 2)
        }
    }
}
