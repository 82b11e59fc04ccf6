import Foundation
import JobModel

@testable import Notifier

let testTime = Date(timeIntervalSince1970: 1_795_402_807.412)

/// What mails of tests say of their gateway.
let testSurroundings = NoticeSurroundings(gateway: "Example Gateway", contact: "help@gateway.example")

/// A sender that tests share.
func testSender(name: String = "Example Gateway") throws -> MailSender {
    try MailSender(name: name, address: "no-reply@gateway.example")
}

/// An event as a worker publishes it.
func event(
    _ content: NotificationContent = .tenantConnected(domains: ["contoso.com", "møbel.example"], changes: 5),
    recipients: [String] = ["admin@contoso.com"],
    customer: String? = "Contoso Møbler A/S",
    requestedBy: String? = nil,
    language: String? = nil,
    job: JobID = JobID(UUID()),
    sequence: Int = 9
) throws -> [UInt8] {
    let request = NotificationRequested(
        content,
        recipients: recipients,
        customer: customer,
        requestedBy: requestedBy,
        language: language
    )
    return try bytes(.notificationRequested, request, job: job, sequence: sequence)
}

/// A request as a worker publishes it.
func event(_ request: NotificationRequested) throws -> [UInt8] {
    try bytes(.notificationRequested, request, job: JobID(UUID()), sequence: 9)
}

/// The death of a job as a worker publishes it.
func death(_ problem: Problem = Problem(.executorCrashed, "Signal 11."), job: JobID = JobID(UUID())) throws -> [UInt8] {
    try bytes(.jobDied, JobEnded(outcome: .failed, problem: problem), job: job, sequence: 4)
}

private func bytes(_ name: JobEventName, _ members: some Encodable, job: JobID, sequence: Int) throws -> [UInt8] {
    JobMessages(worker: "worker-1").event(
        name,
        of: JobRun(job: job, type: .connectTenant, tenant: TenantID(UUID()), replay: 0),
        sequence: sequence,
        attempt: 1,
        time: testTime,
        members: Array(try JSONEncoder().encode(members))
    )
}
