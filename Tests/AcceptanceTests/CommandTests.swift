import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("What people type")
struct CommandTests {
    private static let data =
        #"{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}"#

    /// Runs a command to its end.
    private func run(
        _ arguments: [String],
        on road: Road,
        _ changes: [String: String] = [:]
    ) async throws -> (status: Int32, output: String) {
        let program = try await road.sluice(arguments, changes)
        let status = await program.status()
        return (status, program.output)
    }

    @Test("submit --wait shows the steps and the end, and its status tells success from failure")
    func submit() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let good = try await self.run(
                ["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--data", Self.data, "--wait"],
                on: road
            )
            #expect(good.status == 0, "\(good.output) \(worker.output)")
            for words in [
                "outbound-connector", "created inbound-connector", "connected, with contoso.com", "succeeded",
            ] {
                #expect(good.output.contains(words))
            }
            let bad = try await self.run(
                ["submit", "connect-tenant", "--tenant", Scenario.tailspinID, "--data", Self.data, "--wait"],
                on: road
            )
            #expect(bad.status == 1)
            #expect(bad.output.contains("tenant-not-proved"))
        }
    }

    @Test("A dry run changes nothing, and its plan can be applied by its hash; in JSON every line stands alone")
    func plan() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let submit = ["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--wait", "--json", "--data"]
            let dry = try await self.run(submit + [Self.data, "--dry-run"], on: road)
            #expect(dry.status == 0, "\(dry.output) \(worker.output)")
            #expect(await road.simulator.effects().isEmpty)
            let lines = dry.output.split(separator: "\n")
            for line in lines {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
            let result = try JSONDecoder().decode(ResultMessage.self, from: Data(try #require(lines.last).utf8))
            let hash = result.data.output.plan.hash
            let apply = try await self.run(
                submit + [Self.data.replacingOccurrences(of: "}", with: ",\"planHash\":\"\(hash)\"}")],
                on: road
            )
            #expect(apply.status == 0, "\(apply.output)")
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test(
        "Wrong use is status 2 and one sentence that says what is wrong",
        arguments: [
            (["submit", "make-coffee", "--tenant", Scenario.contosoID, "--data", "{}"], "make-coffee"),
            (["submit", "connect-tenant", "--tenant", "contoso", "--data", "{}"], "--tenant is not a GUID"),
            (["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--data", "{}"], "data.customer"),
            (["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--data", "{\"a\""], "at byte"),
            (["watch", "42"], "not a job id"), (["cancel", "42"], "not a job id"), (["pause", "x"], "no job type x"),
            (["worker", "--only", "make-coffee"], "make-coffee"),
            (["consent-url", "--tenant", "x", "--customer", "c"], "not a GUID"),
            (["no-such-command"], "no-such-command"),
        ]
    )
    func misuse(arguments: [String], words: String) async throws {
        let folder = FileManager.default.temporaryDirectory
        let program = try await Program("sluice", arguments, environment: [:], folder: folder)
        #expect(await program.status() == 2)
        #expect(program.output.contains(words), "\(program.output)")
        try FileManager.default.removeItem(at: program.outputFile)
    }

    @Test("A policy that drops messages is refused by verify and by doctor; one that only bounds a queue is not")
    func policies() async throws {
        try await Road.walk(.demo) { road in
            func set(_ definition: String) async throws {
                let policy = [
                    "set_policy", "-p", road.virtualHost, "drift", "^job\\.", definition, "--apply-to", "queues",
                ]
                try await road.broker.control(policy)
            }
            try await set(#"{"max-length":100000}"#)
            #expect(try await self.run(["topology", "verify"], on: road).status == 0)
            try await set(#"{"max-length":100000,"overflow":"drop-head"}"#)
            let drift = try await self.run(["topology", "verify"], on: road)
            #expect(drift.status == 1)
            #expect(drift.output.contains("policies of job.connect-tenant: overruled"), "\(drift.output)")
            #expect(!drift.output.contains("policies of result.console"), "\(drift.output)")
            let doctor = try await self.run(["doctor"], on: road)
            #expect(doctor.status == 1)
            #expect(doctor.output.contains("rabbitmqctl list_policies"), "\(doctor.output)")
        }
    }

    @Test("topology shows, misses, makes and finds everything")
    func topology() async throws {
        try await Road.walk(.demo, topology: false) { road in
            #expect(try await self.run(["topology", "show"], on: road).output.contains("queue    job.connect-tenant"))
            let before = try await self.run(["topology", "verify"], on: road)
            #expect(before.status == 1)
            #expect(before.output.contains("queue job.dead: missing"))
            let unsent = try await self.run(
                ["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--data", Self.data],
                on: road
            )
            #expect(unsent.status == 1)
            #expect(try await self.run(["topology", "apply"], on: road).status == 0)
            #expect(try await self.run(["topology", "verify"], on: road).status == 0)
        }
    }

    @Test("doctor names what is wrong with its mend, and never shows a secret")
    func doctor() async throws {
        try await Road.walk(.demo) { road in
            let good = try await self.run(["doctor", "--tenant", Scenario.contosoID, "--json"], on: road)
            // One that root made to look would keep the worker from its own.
            let ledger = road.folder.appending(path: "ledger.sqlite").path
            #expect(!FileManager.default.fileExists(atPath: ledger))
            #expect(good.status == 0, "\(good.output)")
            #expect(!good.output.contains(Scenario.demoSecret))
            let broken = try await self.run(
                ["doctor", "--tenant", Scenario.fabrikamID],
                on: road,
                ["SLUICE_BROKER_URL": "amqp://guest@127.0.0.1:1", "SLUICE_GATEWAY_INBOUND_RANGES": "192.0.2.0/8"]
            )
            #expect(broken.status == 1)
            for words in ["✗ broker", "broker.url", "✗ gateway", "gateway.inbound-ranges", "✗ credentials", "✓ ledger"]
            {
                #expect(broken.output.contains(words), "\(broken.output)")
            }
        }
    }

    @Test("The consent link leads to consent, and the job that waits for it goes on by itself")
    func consent() async throws {
        var scenario = Scenario.demo
        scenario.delays.hydrationSeconds = 1
        try await Road.walk(scenario) { road in
            let worker = try await road.sluice(["worker"])
            let data = Self.data.replacingOccurrences(of: "contoso.com", with: "fabrikam.com")
            let job = try await road.connect(Scenario.fabrikamID, data: data)
            try await eventually(within: .seconds(30), "a postponement") { !road.postponements(of: job).isEmpty }
            let link = try await self.run(
                ["consent-url", "--tenant", Scenario.fabrikamID, "--customer", "fabrikam"],
                on: road
            )
            #expect(link.status == 0, "\(link.output)")
            try await road.open(link.output.trimmingCharacters(in: .newlines))
            let (outcome, problem) = try await road.result(of: job, within: .seconds(120))
            #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(worker.output)")
            try await road.expectWholeStory(of: job)
        }
    }

    private struct ResultMessage: Decodable {
        struct Body: Decodable { let output: ConnectTenantOutput }

        let data: Body
    }
}
