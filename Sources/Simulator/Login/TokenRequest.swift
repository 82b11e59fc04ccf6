import Foundation

/// A client-credentials request, taken apart.
struct TokenRequest: Sendable {
    enum Credential: Sendable {
        case secret(String)
        case assertion(String)
    }

    let clientID: String
    let resource: Resource
    /// The audience of the token: as the scope named the resource.
    let audience: String
    let credential: Credential

    /// Reads the form, with HTTP Basic as the other place of a secret.
    ///
    /// `aliases` are other names of the resources, such as the base URLs of our own listeners.
    init(_ call: Call, aliases: [String: Resource]) throws(LoginError) {
        guard call.header("content-type")?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw .request(900_144, "The request body must be a form.")
        }
        let fields = FormField.parse(String(decoding: call.body, as: UTF8.self))
        func field(_ name: String) throws(LoginError) -> String? {
            let found = fields.filter { $0.name == name }
            guard found.count < 2 else { throw .request(9_000_411, "The parameter '\(name)' is duplicated.") }
            return found.first.map(\.value)
        }
        guard try field("grant_type") == "client_credentials" else {
            throw LoginError(
                code: 70003,
                error: "unsupported_grant_type",
                text: "The app requested an unsupported grant type."
            )
        }
        let basic = TokenRequest.basic(call)
        guard let clientID = try field("client_id") ?? basic?.user else {
            throw .request(900_144, "The request body must contain the following parameter: 'client_id'.")
        }
        self.clientID = clientID.lowercased()
        (resource, audience) = try TokenRequest.resource(try field("scope") ?? "", aliases)
        credential = try TokenRequest.credential(
            secret: try field("client_secret") ?? basic?.password,
            assertion: try field("client_assertion"),
            type: try field("client_assertion_type")
        )
    }

    private static func resource(
        _ scope: String,
        _ aliases: [String: Resource]
    ) throws(LoginError) -> (Resource, String) {
        let scopes = scope.split(separator: " ")
        guard let only = scopes.first, scopes.count == 1 else {
            throw .badScope("The provided value for the input parameter 'scope' is not valid: one resource is wanted.")
        }
        guard only.hasSuffix("/.default") else {
            throw LoginError(
                code: 1_002_012,
                error: "invalid_scope",
                text: "The scope \(only) is not valid: client credential flows must end in /.default."
            )
        }
        let name = String(only.dropLast("/.default".count))
        if let resource = Resource.allCases.first(where: { $0.identifier == name }) { return (resource, name) }
        guard let resource = aliases[name] else { throw .noResource }
        return (resource, resource.identifier)
    }

    private static func credential(
        secret: String?,
        assertion: String?,
        type: String?
    ) throws(LoginError) -> Credential {
        if let assertion {
            guard type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
                throw .request(900_144, "The request body must contain 'client_assertion_type' of the JWT bearer kind.")
            }
            return .assertion(assertion)
        }
        guard let secret else { throw .noCredential }
        return .secret(secret)
    }

    private static func basic(_ call: Call) -> (user: String, password: String)? {
        guard let value = call.header("authorization"), value.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(value.dropFirst("Basic ".count)))
        else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return (
            parts[0].removingPercentEncoding ?? String(parts[0]),
            parts[1].removingPercentEncoding ?? String(parts[1])
        )
    }
}
