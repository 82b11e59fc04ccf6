import AMQP
import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("What operators tell running workers")
struct ControlTests {
    private func order(_ arguments: [String], on road: Road) async throws {
        let command = try await road.sluice(arguments)
        #expect(await command.status() == 0, "\(command.output)")
    }

    @Test("A running job is cancelled: its result says how far it came, its process and the worker go on")
    func running() async throws {
        try await Road.walk(.demo) { road in
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            let executors = worker.children()
            try await self.order(["cancel", job.description], on: road)
            let (outcome, problem) = try await road.result(of: job, within: .seconds(20))
            #expect(outcome == .cancelled, "\(worker.output.suffix(2_000))")
            #expect(problem?.code == .cancelled)
            #expect(problem?.detail.contains("inbound-connector") == true, "\(problem?.detail ?? "")")
            try await road.expectWholeStory(of: job)
            let next = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: next).0 == .succeeded, "\(worker.output.suffix(2_000))")
            #expect(worker.children() == executors)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("A queued job is cancelled before it begins, and one that waits when its wait is over")
    func notRunning() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_CONCURRENCY": "1"])
            let data = #"{"customer":"f","claimedDomains":["fabrikam.com"],"requestedBy":"admin@contoso.com"}"#
            let waiting = try await road.connect(Scenario.fabrikamID, data: data)
            try await eventually(within: .seconds(30), "a postponement") { !road.postponements(of: waiting).isEmpty }
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let first = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            let queued = try await road.connect(Scenario.contosoID)
            for job in [queued, waiting] { try await self.order(["cancel", job.description], on: road) }
            try await eventually("both orders") {
                worker.output.components(separatedBy: "an order is heeded").count > 2
            }
            for child in worker.children() { kill(child, SIGKILL) }
            #expect(try await road.result(of: first).0 == .succeeded, "\(worker.output.suffix(2_000))")
            for job in [queued, waiting] {
                #expect(try await road.result(of: job).0 == .cancelled, "\(worker.output.suffix(2_000))")
                try await road.expectWholeStory(of: job)
            }
            let detail = try await road.result(of: queued).1?.detail ?? ""
            #expect(detail.contains("nothing was done"), "\(detail)")
        }
    }

    @Test("A paused type is left in its queue until it is resumed")
    func pause() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            try await eventually(within: .seconds(20), "the worker's consumer") {
                try await road.console.checkQueue("job.connect-tenant").consumers == 1
            }
            try await self.order(["pause", "connect-tenant"], on: road)
            try await eventually("a queue without consumer") {
                try await road.console.checkQueue("job.connect-tenant").consumers == 0
            }
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.console.checkQueue("job.connect-tenant").messages == 1)
            try await self.order(["resume", "connect-tenant"], on: road)
            #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output.suffix(2_000))")
        }
    }

    @Test("Orders outlast the worker: what was called off and paused stays so after a restart; SIGHUP ends nothing")
    func restart() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            try await eventually(within: .seconds(20), "the worker") { worker.output.contains("taking jobs") }
            try await self.order(["pause", "connect-tenant"], on: road)
            let job = try await road.connect(Scenario.contosoID)
            try await self.order(["cancel", job.description], on: road)
            try await eventually("both orders") {
                worker.output.components(separatedBy: "an order is heeded").count > 2
            }
            worker.signal(SIGHUP)
            try await eventually("what SIGHUP does") { worker.output.contains("the settings were read again") }
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
            let next = try await road.sluice(["worker"])
            try await eventually(within: .seconds(20), "the next worker's other consumers") {
                try await road.console.checkQueue("job.no-op.0").consumers == 1
            }
            #expect(try await road.console.checkQueue("job.connect-tenant").consumers == 0)
            try await self.order(["resume", "connect-tenant"], on: road)
            #expect(try await road.result(of: job).0 == .cancelled, "\(next.output.suffix(2_000))")
            #expect(await road.simulator.journal().isEmpty)
        }
    }

    @Test("A pause holds for workers that are started later, on other hosts too, until it is over")
    func later() async throws {
        try await Road.walk(.demo) { road in
            for _ in 0..<2 { try await self.order(["pause", "connect-tenant"], on: road) }
            var workers: [Program] = []
            for name in ["one", "two"] {
                let ledger = road.folder.appending(path: "\(name).sqlite").path
                let settings = ["SLUICE_WORKER_NAME": name, "SLUICE_LEDGER_PATH": ledger]
                workers.append(try await road.sluice(["worker"], settings))
            }
            try await eventually(within: .seconds(20), "the workers' other consumers") {
                try await road.console.checkQueue("job.no-op.0").consumers == 2
            }
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.console.checkQueue("job.connect-tenant").consumers == 0)
            for worker in workers { worker.signal(SIGTERM) }
            for worker in workers { #expect(await worker.status() == 0) }
            try await self.order(["resume", "connect-tenant"], on: road)
            let ledger = road.folder.appending(path: "one.sqlite").path
            let next = try await road.sluice(["worker"], ["SLUICE_LEDGER_PATH": ledger])
            #expect(try await road.result(of: job).0 == .succeeded, "\(next.output.suffix(2_000))")
        }
    }

    @Test("SIGHUP reads the settings again: the log level counts at once, the rest is named, bad ones change nothing")
    func reload() async throws {
        try await Road.walk(.demo) { road in
            let file = road.folder.appending(path: "sluice.yaml")
            func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
            try write("worker:\n  drain: 5\n")
            var environment = try road.environment(["SLUICE_CONFIG": file.path])
            for key in ["SLUICE_LOG_LEVEL", "SLUICE_WORKER_DRAIN"] { environment[key] = nil }
            let worker = try await Program("sluice", ["worker"], environment: environment, folder: road.folder)
            try await eventually(within: .seconds(20), "the worker") { worker.output.contains("taking jobs") }
            try write("worker:\n  drain: 6\nlog:\n  level: error\n")
            worker.signal(SIGHUP)
            try await eventually("the names") { worker.output.contains("restart_for=worker.drain") }
            try await self.order(["pause", "connect-tenant"], on: road)
            try await eventually("a queue without consumer") {
                try await road.console.checkQueue("job.connect-tenant").consumers == 0
            }
            #expect(!worker.output.contains("an order is heeded"))
            try write("wroker: 1\n")
            worker.signal(SIGHUP)
            try await eventually("a complaint") { worker.output.contains("there is no setting wroker") }
            try write("worker:\n  drain: 6\nlog:\n  level: info\n")
            worker.signal(SIGHUP)
            try await eventually("the second time") { worker.output.contains("level=info restart_for") }
            try await self.order(["resume", "connect-tenant"], on: road)
            try await eventually("the order in the log") { worker.output.contains("an order is heeded") }
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }

    @Test("An order that no worker can hear fails and says so")
    func nobody() async throws {
        try await Road.walk(.demo) { road in
            let command = try await road.sluice(["cancel", UUID().uuidString.lowercased()])
            #expect(await command.status() == 1)
            #expect(command.output.contains("no worker runs"), "\(command.output)")
        }
    }
}
