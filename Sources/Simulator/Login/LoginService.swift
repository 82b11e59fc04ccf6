import Foundation

/// The sign-in service: tokens for client credentials, and the administrator's consent page.
struct LoginService: SimulatedService {
    let world: World
    let issuer: TokenIssuer

    func route(_ call: Call) async -> Route {
        let path = call.path
        let tenant = await world.tenantID(path.first ?? "")
        if call.method == "POST", path.dropFirst() == ["oauth2", "v2.0", "token"] {
            return Route(name: RouteName.token, tenant: tenant, mayChangeTenant: false)
        }
        let isConsent = path.dropFirst() == ["v2.0", "adminconsent"] || path.dropFirst() == ["adminconsent"]
        if call.method == "GET", isConsent {
            return Route(name: RouteName.consent, tenant: tenant, mayChangeTenant: false)
        }
        return Route(name: "login.unknown", tenant: tenant, mayChangeTenant: false)
    }

    func answer(_ call: Call, _ route: Route) async -> Reply {
        switch route.name {
        case RouteName.token:
            do {
                return try await token(call, route)
            } catch {
                return error.reply(
                    identifiers: [await world.guid(), call.header("client-request-id") ?? ""].filter { !$0.isEmpty },
                    now: await world.now()
                )
            }
        case RouteName.consent: return await world.consent(ConsentRequest(call))
        default: return .empty(404)
        }
    }

    func errorReply(status: Int, code: String, message: String, _ call: Call) -> Reply {
        .json(status, ["error": .text(code), "error_description": .text(message), "error_codes": []])
    }

    private func token(_ call: Call, _ route: Route) async throws(LoginError) -> Reply {
        let tenant = try checkTenant(call.path.first ?? "", found: route.tenant)
        let request = try TokenRequest(call, aliases: await world.resourceAliases())
        try await world.countTokenRequest(request, tenant)
        guard let application = await world.application(request.clientID) else {
            throw .notInDirectory(request.clientID, tenant)
        }
        try await prove(request, application, call, tenant)
        let claims = try await world.issueClaims(application.clientID, request, tenant)
        guard let token = try? await issuer.sign(claims) else {
            throw LoginError(code: 90033, error: "temporarily_unavailable", text: "The token could not be signed.")
        }
        let life = JSONValue.integer(claims.exp - claims.iat)
        return .json(
            200,
            [
                "token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": .text(token),
            ]
        )
    }

    private func checkTenant(_ name: String, found: String?) throws(LoginError) -> String {
        if let found { return found }
        if ["common", "organizations", "consumers"].contains(name) {
            throw .request(
                9_001_023,
                "The grant type is not supported over the /common or /consumers endpoints."
            )
        }
        guard UUID(uuidString: name) != nil || name.contains(".") else {
            throw .request(
                900_023,
                "Specified tenant identifier '\(name)' is neither a valid DNS name, nor a valid external domain."
            )
        }
        throw .request(90002, "Tenant '\(name)' not found. Check to make sure you have the correct tenant ID.")
    }

    private func prove(
        _ request: TokenRequest,
        _ application: RegisteredApplication,
        _ call: Call,
        _ tenant: String
    ) async throws(LoginError) {
        switch request.credential {
        case .secret(let secret):
            guard let expected = application.secret, secret == expected else { throw .wrongSecret }
            if application.isSecretExpired { throw .secretExpired }
        case .assertion(let assertion):
            let audiences = [call.path.first ?? "", tenant].map { "\(call.baseURL)/\($0)/oauth2/v2.0/token" }
            let check = AssertionCheck(
                clientID: request.clientID,
                audiences: audiences,
                certificates: application.certificates,
                now: await world.realNow()
            )
            try await check.verify(assertion)
        }
    }
}

/// An app registration with its certificates parsed.
struct RegisteredApplication: Sendable {
    let clientID: String
    let displayName: String
    let secret: String?
    let isSecretExpired: Bool
    let certificates: [RegisteredCertificate]
    let permissions: [String]
    let redirectURIs: [String]

    init(_ scenario: ScenarioApplication) throws(SimulatorError) {
        clientID = scenario.clientID.lowercased()
        displayName = scenario.displayName
        secret = scenario.secret
        isSecretExpired = scenario.isSecretExpired
        permissions = scenario.permissions
        redirectURIs = scenario.redirectURIs
        do {
            certificates = try scenario.certificates.map(RegisteredCertificate.init(pem:))
        } catch {
            throw SimulatorError(
                code: .badScenario,
                detail: "a certificate of \(scenario.clientID) is no PEM with an RSA key"
            )
        }
    }
}
