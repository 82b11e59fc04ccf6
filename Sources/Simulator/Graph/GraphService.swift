import Foundation

/// Microsoft Graph v1.0.
struct GraphService: SimulatedService {
    let world: World
    let issuer: TokenIssuer

    func route(_ call: Call) async -> Route {
        let claims = if let claims = call.claims { claims } else { await issuer.read(call.bearerToken) }
        if let mail = MailRoute(call.method, call.path) {
            let mailbox = world.post.mailbox(mail.owner, tenant: claims?.tid)
            return Route(
                name: mail.kind.name,
                tenant: claims?.tid,
                mayChangeTenant: false,
                claims: claims,
                mailbox: mailbox
            )
        }
        if GraphService.isBatch(call) {
            return Route(name: RouteName.batch, tenant: claims?.tid, mayChangeTenant: false, claims: claims)
        }
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
            if let mail = MailRoute(call.method, call.path) { return try await answer(mail, call, claims) }
            if GraphService.isBatch(call) {
                let pipeline = Pipeline(world: world, service: self)
                return try await GraphBatch(world: world, pipeline: pipeline, call: call, claims: claims).answer()
            }
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

    /// A batch in a batch is no route.
    private static func isBatch(_ call: Call) -> Bool {
        call.method == "POST" && call.batch == nil && call.path == ["v1.0", "$batch"]
    }

    private func answer(_ mail: MailRoute, _ call: Call, _ claims: TokenClaims) async throws(GraphError) -> Reply {
        guard claims.roles?.contains(MailRoute.permission) == true else {
            let text = "\(mail.kind.name) was called without \(MailRoute.permission)"
            await world.report(.missingRole, tenant: claims.tid, text)
            throw .accessDenied
        }
        let operation = MailOperation(route: mail, call: call, moment: await world.moment)
        var notes = MailNotes()
        let result: Result<Reply, GraphError>
        do throws(GraphError) {
            result = .success(try world.post.answer(operation, tenant: claims.tid, by: claims.appid, &notes))
        } catch {
            result = .failure(error)
        }
        for note in notes.violations { await world.report(note.kind, tenant: claims.tid, note.detail) }
        return try result.get()
    }

    private func judge(_ claims: TokenClaims?, _ call: Call, _ now: Date) throws(GraphError) -> TokenClaims {
        // Graph refuses before anything else, also what has no route.
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
