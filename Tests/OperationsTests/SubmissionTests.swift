import Foundation
import JobModel
import Operations
import Testing

@Suite("Asking for a job on the command line")
struct SubmissionTests {
    private static let data =
        #"{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}"#
    private let id = JobID(UUID())
    private let tenant = TenantID(UUID())

    private func submission(_ data: String, dryRun: Bool = false) throws -> Submission {
        try Submission(id: self.id, type: .connectTenant, tenant: self.tenant, data: Array(data.utf8), dryRun: dryRun)
    }

    @Test("What is sent is read by the worker as what was asked, with the properties beside it")
    func message() throws {
        let message = try self.submission(Self.data).message(source: "/console/test", now: Date())
        let envelope = try Envelope(message.body, from: .console)
        #expect(envelope.id == self.id && envelope.tenant == self.tenant && envelope.type == .connectTenant)
        #expect(envelope.source == "/console/test")
        #expect(try ConnectTenant(data: envelope.data).customer == "contoso")
        #expect(message.exchange == "job" && message.routingKey == "connect-tenant")
        #expect(message.id == self.id.description && message.correlationID == self.id.description)
        #expect(message.headers["x-job-tenant"] == .text(self.tenant.description))
    }

    @Test("A dry run is asked for whatever the data says", arguments: ["", #","dryRun":false"#, #","dryRun":true"#])
    func dryRun(member: String) throws {
        let data = Self.data.dropLast() + member + "}"
        #expect(try ConnectTenant(data: try self.submission(String(data), dryRun: true).data).dryRun)
    }

    @Test(
        "A mistake is told before anything is sent, and names the field",
        arguments: [
            ("{}", ProblemCode.invalidPayload, "data.customer"), ("[]", .notJSON, "object"),
            ("{\"a\":1", .notJSON, "byte"),
            (#"{"customer":1}"#, .invalidPayload, "data.customer"),
        ]
    )
    func mistakes(data: String, code: ProblemCode, words: String) {
        for dryRun in [false, true] {
            #expect {
                try self.submission(data, dryRun: dryRun)
            } throws: { error in
                let problem = error as? Problem
                return problem?.code == code && problem?.detail.contains(words) == true
            }
        }
    }
}
