import Foundation
import NIOHTTP1

/// Microsoft Graph: the calls this product needs, each under the name of what it gives.
///
/// Every call says which permission it needs; without it Graph answers 403 and the call throws `forbidden`.
/// Source of calls and permissions: Microsoft Graph REST API v1.0 reference.
package struct Graph: Sendable {
    let address: ServiceAddress
    let sender: Sender

    init(address: ServiceAddress, sender: Sender) {
        self.address = address
        self.sender = sender
    }

    /// A call below `/v1.0`; the path comes ready encoded.
    func call(_ name: String, _ method: HTTPMethod, _ path: String, body: JSONValue? = nil) -> ServiceCall {
        var call = ServiceCall(
            operation: "graph.\(name)",
            tenant: self.sender.tenant,
            resource: .graph,
            isWrite: method != .GET,
            method: method,
            url: "\(self.address)/v1.0\(path)",
            time: self.sender.limits.requestTime
        )
        if let body {
            call.headers.append(("Content-Type", "application/json"))
            call.body = body.bytes
        }
        return call
    }

    /// The object a call answers with.
    func object(_ call: ServiceCall) async throws(Microsoft365Error) -> JSONValue {
        let answer = try await self.sender.send(call)
        guard let value = JSONValue(parsing: answer.body), value.object != nil else { throw call.malformed(answer) }
        return value
    }

    /// All objects of a list, over all its pages, each read by `record`.
    func list<Record>(
        _ call: ServiceCall,
        _ record: (JSONValue) -> Record?
    ) async throws(Microsoft365Error) -> [Record] {
        var records: [Record] = []
        try await self.pages(of: call) { answer throws(Microsoft365Error) in
            guard let body = JSONValue(parsing: answer.body), let values = body["value"].array else {
                throw call.malformed(answer)
            }
            for value in values {
                guard let read = record(value) else { throw call.malformed(answer) }
                records.append(read)
            }
            return body["@odata.nextLink"].string
        }
        return records
    }

    /// Reads a list to its last page: `take` reads each and gives the link to the next one.
    ///
    /// A page may be short, or empty, and yet not the last (Microsoft Graph, "Paging Microsoft Graph data in your app"). A link
    /// is used as it is, but only when it leads to this Graph: the token goes with it.
    func pages(
        of call: ServiceCall,
        _ take: (ServiceAnswer) throws(Microsoft365Error) -> String?
    ) async throws(Microsoft365Error) {
        var page = call
        for _ in 0..<self.sender.limits.pagesMax {
            let answer = try await self.sender.send(page)
            guard let link = try take(answer) else { return }
            guard self.address.covers(link: link) else { throw call.failure(.foreignLink, answer: answer) }
            page = call.following(link)
        }
        throw call.failure(.answerTooLarge)
    }

    /// Does something and needs no answer; false when the object was gone already.
    func remove(_ call: ServiceCall) async throws(Microsoft365Error) -> Bool {
        do throws(Microsoft365Error) {
            _ = try await self.sender.send(call)
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }
}
