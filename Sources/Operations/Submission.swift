package import Foundation
package import JobModel
import JobQueue

/// A job as a person or a script asks for it on the command line.
package struct Submission: Sendable, Equatable {
    /// The job's id.
    package let id: JobID
    /// What to do.
    package let type: JobType
    /// For which tenant.
    package let tenant: TenantID
    /// The raw JSON of its `data`.
    package let data: [UInt8]

    /// Checks the data as the executor will, so that a mistake is told here and not by a dead letter.
    ///
    /// `data` is the job's `data` object; `dryRun` sets its member of that name. Fails with the problem the worker would
    /// give, naming the field.
    package init(id: JobID, type: JobType, tenant: TenantID, data: [UInt8], dryRun: Bool) throws(Problem) {
        let members = dryRun ? try Self.withDryRun(data) : data
        do throws(JSONScan.Failure) {
            _ = try JSONScan(members)
        } catch {
            throw Problem(.notJSON, "The data is not a JSON object: at byte \(error.offset), \(error.reason).")
        }
        _ = try type.payload.init(data: members)
        self.id = id
        self.type = type
        self.tenant = tenant
        self.data = members
    }

    private static func withDryRun(_ data: [UInt8]) throws(Problem) -> [UInt8] {
        let scan: JSONScan
        do throws(JSONScan.Failure) {
            scan = try JSONScan(data)
        } catch {
            throw Problem(.notJSON, "The data is not a JSON object: at byte \(error.offset), \(error.reason).")
        }
        var writer = JSONObjectWriter()
        writer.members(of: scan, without: ["dryRun"])
        writer.member("dryRun", truth: true)
        return writer.finish()
    }

    /// The message for the exchange `job`.
    package func message(source: String, now: Date) -> OutboundMessage {
        var envelope = JSONObjectWriter()
        envelope.member("specversion", text: "1.0")
        envelope.member("id", text: self.id.description)
        envelope.member("type", text: self.type.messageType)
        envelope.member("source", text: source)
        envelope.member("subject", text: self.tenant.description)
        envelope.member("time", text: Timestamp.text(now))
        envelope.member("datacontenttype", text: "application/json")
        envelope.member(rawName: "data", raw: self.data)
        return .job(
            self.id,
            type: self.type,
            tenant: self.tenant,
            headers: JobHeaders(tenant: self.tenant.description),
            time: now,
            body: envelope.finish()
        )
    }
}
