import AsyncHTTPClient
import Foundation
import NIOHTTP1

/// The tokens of one tenant: asked for with client credentials, kept per resource until shortly before they expire.
///
/// One request a resource is in flight at a time; who comes meanwhile gets its answer, or its failure. Source: Microsoft
/// identity platform, "OAuth 2.0 client credentials flow".
package actor Login {
    private let tenant: UUID
    private let application: Application
    private let endpoints: CloudEndpoints
    private let limits: RequestLimits
    private let transport: Transport

    private var cache = TokenCache()
    private var turns: [Resource: SerialGate] = [.graph: SerialGate(), .exchange: SerialGate()]
    private var failures: [Resource: (number: Int, error: Microsoft365Error)] = [:]
    /// How many requests have ended; tells a waiter whether a failure is news to it.
    private var ended = 0
    /// Rises when all tokens are dropped; a token asked for before belongs to the past.
    private var epoch = 0

    init(
        tenant: UUID,
        application: Application,
        endpoints: CloudEndpoints,
        limits: RequestLimits,
        transport: Transport
    ) {
        self.tenant = tenant
        self.application = application
        self.endpoints = endpoints
        self.limits = limits
        self.transport = transport
    }

    /// A token for a resource, from the cache when one is still good.
    ///
    /// It is issued even when nothing is granted; look at ``AccessToken/roles``.
    package func token(for resource: Resource) async throws(Microsoft365Error) -> AccessToken {
        if let token = self.cache.token(for: resource, at: .now) { return token }
        let seen = self.ended
        let gate = self.turns[resource, default: SerialGate()]
        guard await gate.enter() else { throw self.failure(.cancelled) }
        defer { gate.leave() }
        if let token = self.cache.token(for: resource, at: .now) { return token }
        if let failure = self.failures[resource], failure.number > seen { throw failure.error }
        return try await self.fetch(resource)
    }

    /// Drops the tokens of both resources, also those that are being asked for.
    package func forgetTokens() {
        self.cache.dropAll()
        self.failures = [:]
        self.epoch += 1
    }

    /// Drops one token that a service did not accept; a newer one stays.
    func forget(_ token: AccessToken) { self.cache.drop(token) }

    private func fetch(_ resource: Resource) async throws(Microsoft365Error) -> AccessToken {
        let epoch = self.epoch
        let asked = ContinuousClock.now
        defer { self.ended += 1 }
        do throws(Microsoft365Error) {
            let retry = ReadRetry(limits: self.limits)
            let answer = try await retry.run(Self.operation) { () async throws(Microsoft365Error) in
                try await self.ask(for: resource)
            }
            if epoch == self.epoch { self.cache.keep(answer.token, asked: asked, lifetime: answer.lifetime) }
            return answer.token
        } catch {
            // A caller that was ended says nothing about the others' chances.
            if error.code != .cancelled, epoch == self.epoch { self.failures[resource] = (self.ended + 1, error) }
            throw error
        }
    }

    private func ask(for resource: Resource) async throws(Microsoft365Error) -> LoginAnswer {
        let request = try await self.request(for: resource)
        let answer: ServiceAnswer
        do throws(TransportFailure) {
            answer = try await self.transport.exchange(
                request,
                within: self.limits.requestTime,
                bytesMax: Self.answerBytesMax
            )
        } catch {
            throw self.failure(Self.meaning(of: error))
        }
        guard answer.isSuccess else {
            let refusal = LoginRefusal(body: answer.body)
            throw refusal.error(operation: Self.operation, tenant: self.tenant, resource: resource, answer: answer)
        }
        guard let token = LoginAnswer(body: answer.body, resource: resource) else {
            throw self.failure(.malformedAnswer)
        }
        return token
    }

    private func request(for resource: Resource) async throws(Microsoft365Error) -> HTTPClientRequest {
        let url = "\(self.endpoints.login)/\(self.tenant.uuidString.lowercased())/oauth2/v2.0/token"
        var fields = [
            ("client_id", self.application.clientID),
            ("scope", self.endpoints.scope(of: resource)),
            ("grant_type", "client_credentials"),
        ]
        switch self.application.credential {
        case .secret(let secret):
            fields.append(("client_secret", secret))
        case .certificate(let pem, let keyPEM):
            let assertion = ClientAssertion(
                clientID: self.application.clientID,
                audience: url,
                certificatePEM: pem,
                keyPEM: keyPEM
            )
            fields.append(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            fields.append(("client_assertion", try await assertion.signed(at: Date(), id: UUID())))
        }
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "client-request-id", value: UUID().uuidString.lowercased())
        request.body = .bytes(Data(fields.map { "\($0)=\($1.formEncoded)" }.joined(separator: "&").utf8))
        return request
    }

    private func failure(_ code: Microsoft365Error.Code) -> Microsoft365Error {
        Microsoft365Error(code, operation: Self.operation, tenant: self.tenant)
    }

    /// A token request changes nothing, so a lost answer is no matter.
    private static func meaning(of failure: TransportFailure) -> Microsoft365Error.Code {
        switch failure {
        case .notSent: .unreachable
        case .lost: .unavailable
        case .tooLarge: .answerTooLarge
        case .cancelled: .cancelled
        }
    }

    private static let operation = "login.token"
    /// A token is a few kilobytes, an error page less than this.
    private static let answerBytesMax = 256 << 10
}
