import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("Bad input and bad circumstances on the whole road")
struct BadInputTests {
    private static let good = """
        {"specversion":"1.0","id":"ID","type":"jobs.connect-tenant.v1","source":"/console/test","subject":"SUBJECT",\
        "time":"2026-11-23T03:00:00Z","datacontenttype":"application/json","data":{"customer":"contoso",\
        "claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}}
        """

    private static func body(_ changes: [(String, String)] = []) -> [UInt8] {
        let named = [("ID", UUID().uuidString.lowercased()), ("SUBJECT", Scenario.contosoID)]
        return Array((changes + named).reduce(Self.good) { $0.replacingOccurrences(of: $1.0, with: $1.1) }.utf8)
    }

    private static let cases: [(body: [UInt8], code: ProblemCode, names: String)] = [
        (Array("this is not JSON".utf8), .notJSON, "byte 0"),
        (Array("[1,2]".utf8), .notJSON, "object"),
        ([0xFF, 0xFE, 0x00], .notJSON, "UTF-8"),
        ([], .notJSON, "byte 0"),
        (Array(repeating: 0x20, count: 2 << 20), .bodyTooLarge, "2097152"),
        (Self.body([("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\"")]), .invalidEnvelope, "specversion"),
        (Self.body([("jobs.connect-tenant.v1", "jobs.make-coffee.v1")]), .unknownJobType, "make-coffee"),
        (Self.body([("jobs.connect-tenant.v1", "jobs.connect-tenant.v9")]), .unsupportedVersion, "v9"),
        (Self.body([("SUBJECT", "contoso")]), .invalidTenant, "subject"),
        (Self.body([("\"ID\"", "\"42\"")]), .invalidEnvelope, "id"),
        (Self.body([("\"customer\":\"contoso\",", "")]), .invalidPayload, "data.customer"),
        (Self.body([("[\"contoso.com\"]", "[]")]), .invalidPayload, "data.claimedDomains"),
        (Self.body([("[\"contoso.com\"]", "[\"not a domain\"]")]), .invalidPayload, "data.claimedDomains[0]"),
        (Self.body([("admin@contoso.com", "admin")]), .invalidPayload, "data.requestedBy"),
        (Self.body([("\"data\":{", "\"memo\":\"forged\",\"data\":{")]), .invalidEnvelope, "memo"),
    ]

    @Test(
        "Every kind of bad body ends as a dead letter that names what is wrong, its bytes untouched, and the next job runs"
    )
    func badBodies() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            for (number, bad) in Self.cases.enumerated() {
                try await road.publish(bad.body)
                try await eventually(within: .seconds(20), "dead letter \(number + 1)") {
                    road.messages(in: JobTopology.dead).count == number + 1
                }
                let letter = try #require(road.messages(in: JobTopology.dead).last)
                #expect(letter.properties.headers["x-job-error-code"]?.text == bad.code.rawValue)
                let text = letter.properties.headers["x-job-error-text"]?.text ?? ""
                #expect(text.contains(bad.names), "\(bad.code): \(text)")
                if bad.code != .invalidPayload { #expect(letter.body == bad.body) }
            }
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output)")
        }
    }

    /// Memos on which arithmetic would overflow, in the envelope's form: what once ended every worker, one after the other.
    private static let hostileMemos = [
        #"{\"round\":0,\"sequence\":9223372036854775807}"#, #"{\"round\":9223372036854775807,\"sequence\":0}"#,
        #"{\"round\":0,\"sequence\":0,\"since\":1e300}"#, #"{\"round\":0,\"sequence\":0,\"since\":-1e300}"#,
        #"{\"round\":0,\"sequence\":0,\"attempts\":[{\"number\":1,\"ended\":1e300,\"worker\":\"\",\"code\":\"\"}]}"#,
    ]

    @Test(
        "A forged memo is a dead letter with its reason by either way in, and the worker lives on",
        arguments: [true, false]
    )
    func forgedMemos(isConsoles: Bool) async throws {
        let good = #"{\"round\":0,\"sequence\":0,\"steps\":\"{}\"}"#
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let memos = Self.hostileMemos + (isConsoles ? [good] : [])
            for memo in memos {
                let body = Self.body([("\"data\":{", "\"memo\":\"\(memo)\",\"data\":{")])
                if isConsoles { try await road.publish(body) } else { try await road.publishAgain(body) }
            }
            try await eventually(within: .seconds(30), "the dead letters") {
                road.messages(in: JobTopology.dead).count == memos.count
            }
            for letter in road.messages(in: JobTopology.dead) {
                #expect(letter.properties.headers["x-job-error-code"]?.text == "invalid-envelope")
                let text = letter.properties.headers["x-job-error-text"]?.text ?? ""
                #expect(text.contains(isConsoles ? "came with a new job" : "out of bounds"), "\(text)")
            }
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output)")
        }
    }

    @Test(
        "A console's attempt and replay count as not sent: the job is tried as often as any, and its result is no replay's"
    )
    func forgedHeaders() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let id = JobID(UUID())
            let tenant = try #require(TenantID(Scenario.contosoID))
            let data = Array(#"{"size":1}"#.utf8)
            let job = try Submission(id: id, type: .noOp, tenant: tenant, data: data, dryRun: false)
            var message = job.message(source: "/console/test", now: Date())
            message.headers["x-job-attempt"] = .number(1_000)
            message.headers["x-job-replay"] = .number(7)
            try await road.console.publish(message)
            #expect(try await road.result(of: id).0 == .succeeded, "\(worker.output)")
            let result = try #require(
                road.messages(in: JobTopology.consoleResults).first { $0.properties.correlationID == "\(id)" }
            )
            #expect(result.properties.messageID == "\(id).result")
            #expect(try road.resultData(of: id)["attempt"] as? Int == 1)
        }
    }

    @Test("A wrong client secret: a failed result at once, a dead letter for the operator, and no storm")
    func wrongSecret() async throws {
        try await Road.walk(.demo) { road in
            let secret = FileManager.default.temporaryDirectory.appending(path: "wrong-\(UUID().uuidString)")
            try Data("not the secret".utf8).write(to: secret)
            defer { try? FileManager.default.removeItem(at: secret) }
            let worker = try await road.sluice(["worker"], ["SLUICE_MICROSOFT_CLIENT_SECRET_FILE": secret.path])
            let problem = try await self.failure(on: road, tenant: Scenario.contosoID)
            #expect(problem.code == .credentialsRejected, "\(worker.output)")
            #expect(await road.simulator.journal(route: "login.token").count <= 2)
            try await eventually("a dead letter") { road.messages(in: JobTopology.dead).count == 1 }
            #expect(!worker.output.contains("not the secret"))
        }
    }

    @Test(
        "What the customer has to mend is a failed result with its code and advice, and no dead letter",
        arguments: [
            (Scenario.tailspinID, ProblemCode.exchangeMissing, "tailspin.example"),
            ("99999999-9999-4999-8999-999999999999", .tenantNotFound, "contoso.com"),
            (Scenario.contosoID, .tenantNotProved, "fabrikam.com"),
        ]
    )
    func customer(tenant: String, code: ProblemCode, domain: String) async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let problem = try await self.failure(on: road, tenant: tenant, domain: domain)
            #expect(problem.code == code, "\(problem) \(worker.output)")
            #expect(!problem.code.advice.isEmpty)
            #expect(road.messages(in: JobTopology.dead).isEmpty)
            #expect(await road.simulator.effects(tenant: tenant).isEmpty)
        }
    }

    @Test("A tenant that has not consented is waited for, not hammered")
    func noConsent() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(Scenario.fabrikamID)
            try await eventually(within: .seconds(20), "a postponement") {
                road.postponements(of: job).contains { $0.problem.code == .consentMissing }
            }
            #expect(road.results(of: job).isEmpty, "\(worker.output)")
        }
    }

    @Test("An unreachable login host is tried again a bounded number of times, then kept for the operator")
    func unreachableLogin() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(
                ["worker"],
                ["SLUICE_MICROSOFT_LOGIN_URL": "http://127.0.0.1:1", "SLUICE_WORKER_ATTEMPTS": "2"]
            )
            let job = try await road.connect(Scenario.contosoID)
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .failed && problem?.code == .loginUnreachable, "\(worker.output)")
            #expect(road.retries(of: job).count == 1)
            try await eventually("a dead letter") { road.messages(in: JobTopology.dead).count == 1 }
        }
    }

    private func failure(on road: Road, tenant: String, domain: String = "contoso.com") async throws -> Problem {
        let data = #"{"customer":"contoso","claimedDomains":["\#(domain)"],"requestedBy":"admin@contoso.com"}"#
        let job = try await road.connect(tenant, data: data)
        let (outcome, problem) = try await road.result(of: job)
        #expect(outcome == .failed)
        return try #require(problem)
    }
}
