import Foundation
import Simulator
import TestSupport

/// Calls on one mailbox of contoso.com with a token of the mail application.
struct MailClient {
    let client: TestClient
    let token: String
    /// As the path names it.
    var owner: String

    static let first = "user000001@contoso.com"
    static let immutable = ["Prefer": "IdType=\"ImmutableId\""]
    static let guid = "11111111-2222-4333-8444-555555555555"

    init(_ simulator: SimulatorServer, _ owner: String = MailClient.first) async throws {
        var client = simulator.client
        client.clientID = Scenario.demoMailClientID
        client.secret = Scenario.demoMailSecret
        self.client = client
        self.owner = owner
        token = try await client.token()
    }

    /// `path` is what stands behind `/users/{owner}/`, or a whole link.
    func call(
        _ method: String,
        _ path: String,
        body: JSONValue? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestClient.Answer {
        var all = [
            "Authorization": "Bearer \(token)", "client-request-id": "9b1f0c52-0000-4000-8000-00000000feed",
        ]
        if body != nil { all["Content-Type"] = "application/json" }
        let url = path.hasPrefix("http") ? path : client.simulator.addresses.graphURL + "/v1.0/users/\(owner)/\(path)"
        return try await client.send(method, url, headers: all.merging(headers) { $1 }, body: body?.bytes)
    }

    /// The copies of a message by the list of all folders.
    func find(_ id: String = Scenario.demoMessageID, headers: [String: String] = MailClient.immutable) async throws
        -> [JSONValue]
    {
        let path = "messages?$filter=internetMessageId%20eq%20'\(encoded(id))'&$top=100"
        return try await call("GET", path, headers: headers).records
    }

    func move(_ message: String, to folder: String, headers: [String: String] = MailClient.immutable) async throws
        -> TestClient.Answer
    {
        try await call("POST", "messages/\(message)/move", body: ["destinationId": .text(folder)], headers: headers)
    }

    func batch(_ requests: [JSONValue]) async throws -> TestClient.Answer {
        try await call(
            "POST",
            client.simulator.addresses.graphURL + "/v1.0/$batch",
            body: ["requests": .array(requests)]
        )
    }

    /// One request of a batch that moves a message.
    func moveRequest(_ id: String, _ message: String, to folder: String, dependsOn: [String] = []) -> JSONValue {
        var request: [String: JSONValue] = [
            "id": .text(id), "method": "POST", "url": .text("/users/\(owner)/messages/\(message)/move"),
            "headers": ["Content-Type": "application/json", "Prefer": "IdType=\"ImmutableId\""],
            "body": ["destinationId": .text(folder)],
        ]
        if !dependsOn.isEmpty { request["dependsOn"] = .texts(dependsOn) }
        return .object(request)
    }
}

extension TestClient.Answer {
    /// The answers of a batch by the ids of its requests.
    var responses: [String: JSONValue] {
        let list = json["responses"]?.array ?? []
        return Dictionary(list.compactMap { one in one["id"]?.text.map { ($0, one) } }, uniquingKeysWith: { $1 })
    }

    /// The order in which they came.
    var responseOrder: [String] { json["responses"]?.array?.compactMap { $0["id"]?.text } ?? [] }
}

extension Scenario {
    /// The demo scenario with these messages in place of its own.
    static func mail(_ deliveries: [ScenarioDelivery]) -> Scenario {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].mail.deliveries = deliveries
        return scenario
    }

    /// One unread copy in the inbox of everyone.
    static var plainMail: Scenario {
        mail([ScenarioDelivery(demoMessageID, to: ["adele@contoso.com"], members: ScenarioMembers(first: 1, last: 20))])
    }
}
