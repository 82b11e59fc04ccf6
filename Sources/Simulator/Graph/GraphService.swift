import Foundation

/// Microsoft Graph v1.0.
struct GraphService: SimulatedService {
    let world: World
    let issuer: TokenIssuer

    func route(_ call: Call) async -> Route {
        let claims = if let token = call.bearerToken { await issuer.read(token) } else { TokenClaims?.none }
        let found = GraphRoute(call.method, call.path)
        return Route(
            name: found?.kind.name ?? "graph.unknown",
            tenant: claims?.tid,
            mayChangeTenant: found?.kind.mayChangeTenant ?? false,
            claims: claims
        )
    }

    func answer(_ call: Call, _ route: Route) async -> Reply {
        let now = await world.now()
        do throws(GraphError) {
            let claims = try judge(route.claims, call, now)
            guard let found = GraphRoute(call.method, call.path) else { throw GraphError.noRoute }
            guard !found.kind.permissions.isDisjoint(with: claims.roles ?? []) else {
                await world.report(
                    .missingRole,
                    tenant: claims.tid,
                    "\(found.kind.name) was called without any of \(found.kind.permissions.sorted())"
                )
                throw GraphError.denied
            }
            return try await world.answerGraph(found, call, claims)
        } catch {
            return error.reply(call, requestID: await world.guid(), now: now)
        }
    }

    func errorReply(status: Int, code: String, message: String, _ call: Call) -> Reply {
        let error = GraphError(status: status, code: code, message: message)
        return error.reply(call, requestID: "5e4d1f0a-0000-4000-8000-00000000fa17", now: .now)
    }

    private func judge(_ claims: TokenClaims?, _ call: Call, _ now: Date) throws(GraphError) -> TokenClaims {
        guard call.bearerToken != nil else { throw .badToken("Access token is empty.") }
        guard let claims else { throw .badToken("Access token validation failure. Invalid signature.") }
        guard claims.aud == Resource.graph.identifier else {
            throw .badToken("Access token validation failure. Invalid audience.")
        }
        guard Double(claims.exp) > now.timeIntervalSince1970 else {
            throw .badToken("Lifetime validation failed, the token is expired.")
        }
        return claims
    }
}
