import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("A worker that cannot write or send takes no more jobs, and takes them again by itself")
struct PushBackTests {
    @Test("The broker blocks publishing: the consumer goes, what runs is kept, and all goes on when the broker eases")
    func blocked() async throws {
        let broker = try await Broker.private()
        try await Road.walk(.demo, on: broker) { road in
            let looker = try await road.connection()
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let worker = try await road.sluice(["worker"])
            let jobs = [try await road.connect(Scenario.contosoID), try await road.connectLater(.seconds(15))]
            try await road.waitForHang()
            try await broker.control("set_vm_memory_high_watermark", "0.000001")
            for child in worker.children() { kill(child, SIGKILL) }
            try await eventually(within: .seconds(30), "a worker that takes no more") {
                worker.output.contains("the broker blocks publishing")
            }
            try await eventually(within: .seconds(30), "a job that nobody takes") {
                try await looker.checkQueue("job.connect-tenant").messages == 1
            }
            #expect(jobs.allSatisfy { road.results(of: $0).isEmpty })
            try await broker.control("set_vm_memory_high_watermark", "0.6")
            for job in jobs {
                #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output.suffix(3_000))")
                #expect(road.retries(of: job).isEmpty)
                try await road.expectWholeStory(of: job)
            }
            try await road.expectConnected(Scenario.contosoID)
            await looker.close()
        }
    }

    @Test("The ledger cannot be written: nothing is begun in the tenant, and the job runs once it can")
    func ledger() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            try await eventually(within: .seconds(20), "the worker") { worker.output.contains("taking jobs") }
            let holder = try await road.holdLedger()
            let job = try await road.connect(Scenario.contosoID)
            try await eventually(within: .seconds(20), "a worker that takes no more") {
                worker.output.contains("the ledger cannot be written")
            }
            let waiting = try await road.connect(Scenario.contosoID)
            try await eventually("a job that nobody takes") {
                try await road.console.checkQueue("job.connect-tenant").messages == 1
            }
            #expect(await road.simulator.journal().isEmpty)
            holder.stop()
            for job in [job, waiting] {
                #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output.suffix(3_000))")
                #expect(road.retries(of: job).isEmpty)
                try await road.expectWholeStory(of: job)
            }
        }
    }

    @Test(
        "The disk under the ledger is full: nothing is begun in the tenant, and the job runs once there is room",
        .enabled("needs the right to mount a file system: a full disk is made of a small one") {
            try await Repository.run("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status == 0
        }
    )
    func fullDisk() async throws {
        try await Road.walk(.demo) { road in
            let disk = road.folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: false)
            let mount = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.path]
            #expect(try await Repository.run("mount", mount).status == 0)
            do {
                try await self.work(on: disk, road)
            } catch {
                Issue.record(error)
            }
            #expect(try await Repository.run("umount", ["--lazy", disk.path]).status == 0)
        }
    }

    private func work(on disk: URL, _ road: Road) async throws {
        let ledger = disk.appending(path: "ledger.sqlite").path
        let worker = try await road.sluice(["worker"], ["SLUICE_LEDGER_PATH": ledger])
        try await eventually(within: .seconds(20), "the worker") { worker.output.contains("taking jobs") }
        let filler = disk.appending(path: "filler")
        #expect(throws: (any Error).self) { try Data(repeating: 0, count: 4 << 20).write(to: filler) }
        let job = try await road.connect(Scenario.contosoID)
        try await eventually(within: .seconds(20), "a worker that takes no more") {
            worker.output.contains("the ledger cannot be written")
        }
        #expect(await road.simulator.journal().isEmpty)
        #expect(road.news(of: job).isEmpty)
        try FileManager.default.removeItem(at: filler)
        #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output.suffix(3_000))")
        #expect(road.retries(of: job).isEmpty)
        try await road.expectWholeStory(of: job)
        worker.signal(SIGTERM)
        #expect(await worker.status() == 0)
    }
}

extension Road {
    /// Sends a job that comes out of the delay ladder by itself, as no console can publish by then.
    fileprivate func connectLater(_ pause: Duration) async throws -> JobID {
        let job = try Submission(
            id: JobID(UUID()),
            type: .connectTenant,
            tenant: try #require(TenantID(Scenario.contosoID)),
            data: Array(
                #"{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}"#.utf8
            ),
            dryRun: false
        )
        try await self.console.publish(
            job.message(source: "/console/test", now: Date()).message,
            to: DelayLadder.destination(after: pause, key: "connect-tenant"),
            mandatory: true
        )
        return job.id
    }

    /// Another process that holds the worker's ledger until it is stopped, as a backup tool may.
    fileprivate func holdLedger() async throws -> Companion {
        let script = """
            import sqlite3, sys
            ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
            ledger.execute("BEGIN IMMEDIATE")
            print("held", flush=True)
            sys.stdin.read()
            """
        let holder = try Companion(["python3", "-c", script, self.folder.appending(path: "ledger.sqlite").path])
        _ = try await holder.line { $0 == "held" }
        return holder
    }
}
