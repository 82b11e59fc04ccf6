import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("A dead letter on the desk")
struct DeskWalkTests {
    /// Runs a command to its end; it has to succeed.
    private func run(_ arguments: [String], on road: Road) async throws -> String {
        let program = try await road.sluice(arguments)
        let status = await program.status()
        #expect(status == 0, "\(arguments): \(program.output)")
        return program.output
    }

    @Test("From red to retried and finished: list, show, the command that show names, and the job is done")
    func walk() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let secret = road.folder.appending(path: "wrong-secret")
            try Data("not the secret".utf8).write(to: secret)
            let desk = try await road.sluice(["desk"])
            let broken = try await road.sluice(["worker"], ["SLUICE_MICROSOFT_CLIENT_SECRET_FILE": secret.path])
            let job = try await road.connect(Scenario.contosoID)
            try await eventually(within: .seconds(30), "a letter on the desk", every: .milliseconds(200)) {
                let list = try await road.sluice(["dead", "list"])
                return await list.status() == 0 && list.output.contains("credentials-rejected")
            }
            let show = try await self.run(["dead", "show", "1"], on: road)
            for words in ["cause ", "effect ", "to do ", "sluice doctor --tenant", job.description, "acceptance"] {
                #expect(show.contains(words), "\(words) is not in \(show)")
            }
            #expect(!show.contains("admin@contoso.com") && !show.contains("x-job-error-text"))
            let words = show.split(separator: "\n").prefix { $0 != "mend it with" }
            #expect(words.count > 8 && words.allSatisfy { $0.count <= 100 }, "\(show)")
            broken.signal(SIGTERM)
            #expect(await broken.status() == 0)
            let worker = try await road.sluice(["worker"])
            let mend = try #require(show.firstMatch(of: #/  sluice (dead retry \d+)/#)).1
            _ = try await self.run(mend.split(separator: " ").map(String.init), on: road)
            try await eventually(within: .seconds(60), "a resolved letter", every: .milliseconds(200)) {
                try await self.run(["dead", "show", job.description], on: road).contains("is resolved")
            }
            #expect(
                try await self.run(["dead", "show", "1"], on: road).contains("remark  succeeded"),
                "\(desk.output)"
            )
            try await road.expectConnected(Scenario.contosoID)
            #expect(try await self.run(["dead", "audit"], on: road).contains("retry"))
            try await self.lookAtRecord(of: job, on: road)
            #expect(!worker.output.contains("not the secret"))
        }
    }

    /// The job's course and its record on this host, and that a changed record is found.
    private func lookAtRecord(of job: JobID, on road: Road) async throws {
        let course = try await self.run(["jobs", "show", job.description], on: road)
        for words in ["sent again (1)", "created inbound-connector", "succeeded"] {
            #expect(course.contains(words), "\(course)")
        }
        #expect(try await self.run(["jobs", "list", "--state", "dead"], on: road).contains(job.description))
        #expect(try await self.run(["jobs", "verify"], on: road).contains("entries were checked"))
        let record = try await self.run(["jobs", "export"], on: road)
        let file = road.folder.appending(path: "record.ndjson")
        try Data(record.replacing("contoso.com", with: "fabrikam.com").utf8).write(to: file)
        let check = try await road.sluice(["jobs", "verify", file.path])
        #expect(await check.status() == 1)
        #expect(check.output.contains("was changed"), "\(check.output)")
    }

    @Test("Every command of the desk speaks JSON, and refuses what it cannot do with a sentence")
    func json() async throws {
        try await Road.walk(.demo, listening: false) { road in
            try await DeskLetters.publish(2, on: road)
            let desk = try await road.sluice(["desk"])
            try await eventually(within: .seconds(20), "filed letters", every: .milliseconds(200)) {
                guard desk.output.contains("filed") else { return false }
                return try await self.run(["dead", "list", "--letters"], on: road).contains("internal-error")
            }
            for arguments in [
                ["dead", "list"], ["dead", "list", "--letters"], ["dead", "show", "1"], ["dead", "audit"],
                ["dead", "retry", "--all"], ["dead", "discard", "1", "--reason", "no"], ["dead", "restore", "1"],
                ["doctor", "--tenant", Scenario.contosoID], ["explain"], ["topology", "show"], ["topology", "verify"],
            ] {
                let output = try await self.run(arguments + ["--json"], on: road)
                #expect(throws: Never.self, "\(arguments): \(output)") {
                    try JSONSerialization.jsonObject(with: Data(output.utf8))
                }
            }
            for (arguments, status, words) in [
                (["dead", "show", "99"], Int32(1), "no dead letter 99"), (["dead", "retry"], 2, "--all"),
                (["dead", "retry", "--code", "throttled"], 1, "no letter matches"),
                (["dead", "retry", "--code", "throtled"], 1, "no problem code throtled"),
                (
                    ["dead", "list", "--type", "conect-tenant"], 0,
                    "no job type conect-tenant, known are connect-tenant"
                ),
                (["dead", "retry", "1", "--yes", "--dry-run"], 2, "contradict"),
                (["dead", "retry", "1", "--dry-run"], 0, "1 letter would be sent again"),
                (["dead", "edit", "1", "--data", "{}"], 1, "desk.edit"), (["jobs", "show", "4"], 2, "not a job id"),
                (["dead", "list", "--since", "soon"], 2, "no span of time"),
                (["dead", "import", "/nowhere"], 2, "cannot read"), (["explain", "x"], 2, "no problem code"),
            ] {
                let program = try await road.sluice(arguments)
                #expect(await program.status() == status, "\(program.output)")
                #expect(program.output.contains(words), "\(program.output)")
            }
        }
    }
}

/// Dead letters made by a test: no-op jobs as a worker would have given them up.
enum DeskLetters {
    /// Publishes letters to `job.dead`; gives their jobs.
    @discardableResult
    static func publish(_ count: Int, on road: Road) async throws -> [JobID] {
        let jobs = (0..<count).map { _ in JobID(UUID()) }
        let messages = jobs.map { job in
            let tenant = TenantID(UUID())
            let body = """
                {"specversion":"1.0","id":"\(job)","type":"jobs.no-op.v1","source":"/console/test","subject":"\(tenant)",\
                "time":"2026-11-23T03:00:00Z","data":{}}
                """
            return OutboundMessage(
                exchange: JobTopology.dead,
                routingKey: JobTopology.key(for: .noOp, tenant: tenant),
                id: job.description,
                type: JobType.noOp.messageType,
                correlationID: job.description,
                time: Date(),
                headers: [
                    "x-job-error-code": .text("internal-error"), "x-job-error-text": .text("a lamp fell over"),
                    "x-job-error-at": .text("2026-11-23T03:00:01.000Z"), "x-job-error-worker": .text("w1"),
                ],
                body: Array(body.utf8)
            )
        }
        let failures = await road.console.publish(messages)
        #expect(failures.allSatisfy { $0 == nil })
        return jobs
    }
}
