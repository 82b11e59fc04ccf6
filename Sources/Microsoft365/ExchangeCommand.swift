import Foundation
import NIOHTTP1

/// One command of Exchange administration.
struct ExchangeCommand: Equatable, Sendable {
    let name: String
    var parameters: [String: JSONValue] = [:]

    /// Reading commands begin with `Get-`; all others change something.
    var isWrite: Bool { !self.name.hasPrefix("Get-") }

    /// The body of the request: `Parameters` is an empty object when there are none, never null.
    var body: Data {
        JSONValue.object([
            "CmdletInput": .object(["CmdletName": .string(self.name), "Parameters": .object(self.parameters)])
        ]).bytes
    }

    /// The request for a tenant; `connection` ties the commands of one session together.
    func call(address: ServiceAddress, tenant: UUID, connection: UUID, time: Duration) -> ServiceCall {
        let tenantID = tenant.uuidString.lowercased()
        return ServiceCall(
            operation: "exchange.\(self.name)",
            tenant: tenant,
            resource: .exchange,
            isWrite: self.isWrite,
            method: .POST,
            url: "\(address)/adminapi/beta/\(tenantID)/InvokeCommand",
            headers: [
                ("Content-Type", "application/json; charset=utf-8"),
                ("X-AnchorMailbox", "APP:\(WellKnown.anchorMailbox)@\(tenantID)"),
                ("X-CmdletName", self.name),
                ("X-ResponseFormat", "json"),
                ("X-SerializationLevel", "Partial"),
                ("X-ClientApplication", "ExoManagementModule"),
                ("connection-id", connection.uuidString.lowercased()),
                ("Prefer", "odata.maxpagesize=1000"),
                ("WarningAction", "Continue"),
            ],
            body: self.body,
            time: time
        )
    }
}

extension ExchangeCommand {
    /// What a success brought, judged.
    ///
    /// Pure. A cut list (`@odata.nextLink`) is an error: its links do not work across the service's hosts, and half a list would
    /// make objects look absent.
    static func records(in answer: ServiceAnswer, of call: ServiceCall) throws(Microsoft365Error) -> [ExchangeRecord] {
        if answer.status == 204, answer.body.isEmpty { return [] }
        guard let body = JSONValue(parsing: answer.body), let values = body["value"].array else {
            throw call.malformed(answer)
        }
        guard body["@odata.nextLink"].string == nil else { throw call.failure(.answerTooLarge, answer: answer) }
        return try values.map { value throws(Microsoft365Error) in
            guard let fields = value.object else { throw call.malformed(answer) }
            return ExchangeRecord(fields)
        }
    }
}
