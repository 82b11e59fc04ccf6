import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Simulator

/// A plain HTTP client that knows how the calls look.
struct TestClient {
    let simulator: SimulatorServer
    var clientID = Scenario.demoClientID
    var secret = Scenario.demoSecret

    /// Every call is over by then.
    private static let timeout = TimeAmount.seconds(30)
    private static let largestBody = 4 * 1024 * 1024

    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: Data

        func header(_ name: String) -> String? { headers.first(name: name) }

        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        /// The code of a Graph error.
        var graphCode: String? { json["error"]?["code"]?.text }
        /// The number of a sign-in error.
        var aadsts: Int? { json["error_codes"]?.array?.first?.integer }
        /// The end of the exception's type of an Exchange error.
        var exception: String? {
            json["error"]?["innererror"]?["internalexception"]?["type"]?.text?.split(separator: ".").last
                .map(String.init)
        }
        /// The records of a list or of a cmdlet.
        var records: [JSONValue] { json["value"]?.array ?? [] }
    }

    func send(
        _ method: String,
        _ url: String,
        headers: [String: String] = [:],
        body: Data? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: TestClient.timeout)
        let bytes = try await response.body.collect(upTo: TestClient.largestBody)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Data(bytes.readableBytesView)
        )
    }

    func form(_ url: String, _ fields: [String: String], headers: [String: String] = [:]) async throws -> Answer {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let body = fields.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")" }
        var headers = headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return try await send("POST", url, headers: headers, body: Data(body.joined(separator: "&").utf8))
    }

    func tokenURL(_ tenant: String) -> String { "\(simulator.addresses.loginURL)/\(tenant)/oauth2/v2.0/token" }

    /// Asks for a token with the secret, with some fields changed or (nil) left out.
    func requestToken(
        _ tenant: String = Scenario.contosoID,
        scope: String = TestClient.graph,
        changing: [String: String?] = [:]
    ) async throws -> Answer {
        var fields = [
            "client_id": clientID, "client_secret": secret, "grant_type": "client_credentials", "scope": scope,
        ]
        for (name, value) in changing { fields[name] = value }
        return try await form(tokenURL(tenant), fields)
    }

    static let graph = "https://graph.microsoft.com/.default"
    static let exchange = "https://outlook.office365.com/.default"

    func token(_ tenant: String = Scenario.contosoID, scope: String = TestClient.graph) async throws -> String {
        try await requestToken(tenant, scope: scope).json["access_token"]?.text ?? ""
    }

    func graph(
        _ method: String,
        _ path: String,
        token: String,
        body: JSONValue? = nil
    ) async throws -> Answer {
        try await send(
            method,
            path.hasPrefix("http") ? path : simulator.addresses.graphURL + path,
            headers: headers(token),
            body: body?.bytes
        )
    }

    /// Runs a cmdlet with a token of its own, or with the one given.
    func cmdlet(
        _ name: String,
        _ parameters: JSONValue = [:],
        tenant: String = Scenario.contosoID,
        token: String? = nil,
        headers extra: [String: String] = [:]
    ) async throws -> Answer {
        let input: JSONValue = ["CmdletInput": ["CmdletName": .text(name), "Parameters": parameters]]
        return try await invoke(input, tenant: tenant, token: token, headers: extra)
    }

    func invoke(
        _ envelope: JSONValue,
        tenant: String = Scenario.contosoID,
        token: String? = nil,
        headers extra: [String: String] = [:]
    ) async throws -> Answer {
        let bearer = if let token { token } else { try await self.token(tenant, scope: TestClient.exchange) }
        return try await send(
            "POST",
            "\(simulator.addresses.exchangeURL)/adminapi/beta/\(tenant)/InvokeCommand",
            headers: headers(bearer).merging(extra) { $1 },
            body: envelope.bytes
        )
    }

    func control(_ method: String, _ path: String, body: JSONValue? = nil) async throws -> Answer {
        try await send(method, "\(simulator.addresses.controlURL)/_simulator/\(path)", body: body?.bytes)
    }

    private func headers(_ token: String) -> [String: String] {
        [
            "Authorization": "Bearer \(token)", "Content-Type": "application/json",
            "client-request-id": "9b1f0c52-0000-4000-8000-00000000feed",
        ]
    }
}

/// Opens a simulator and a client for it.
extension SimulatorServer {
    var client: TestClient { TestClient(simulator: self) }
}

/// The claims in the middle of a JWT, unverified.
func claims(of token: String) -> JSONValue {
    let parts = token.split(separator: ".")
    guard parts.count == 3 else { return .null }
    var text = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    text += String(repeating: "=", count: (4 - text.count % 4) % 4)
    return Data(base64Encoded: text).flatMap { try? JSONValue(parsing: $0) } ?? .null
}

/// Percent-encodes a query value.
func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
}
