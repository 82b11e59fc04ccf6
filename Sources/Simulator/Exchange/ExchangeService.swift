import Foundation

/// The administration interface of Exchange Online: InvokeCommand and its ladder of refusals.
///
/// 401 with no body while the token lacks Exchange.ManageAsApp; 403 with NUL bytes while it lacks a directory role;
/// 403 with NUL bytes for a cmdlet the roles do not hold; then the cmdlet's own answer.
struct ExchangeService: SimulatedService {
    let world: World
    let issuer: TokenIssuer

    func route(_ call: Call) async -> Route {
        let path = call.path
        let isInvoke = path.count == 4 && path[0] == "adminapi" && path[3] == "InvokeCommand" && call.method == "POST"
        guard isInvoke, ["beta", "v1.0"].contains(path[1]) else {
            return Route(name: "exchange.unknown", tenant: nil, mayChangeTenant: false)
        }
        let tenant = await world.tenantID(path[2])
        let claims = if let token = call.bearerToken { await issuer.read(token) } else { TokenClaims?.none }
        let cmdlet = (try? CmdletEnvelope(call.body)).flatMap { Cmdlet(rawValue: $0.name) }
        return Route(
            name: cmdlet.map { "exchange." + $0.rawValue } ?? "exchange.unknown",
            tenant: tenant,
            mayChangeTenant: cmdlet?.mayChangeTenant ?? false,
            claims: claims
        )
    }

    func answer(_ call: Call, _ route: Route) async -> Reply {
        guard let claims = route.claims, let tenant = route.tenant else { return .empty(401) }
        let now = await world.now()
        guard claims.aud == Resource.exchange.identifier, Double(claims.exp) > now.timeIntervalSince1970 else {
            return .empty(401)
        }
        guard claims.tid == tenant else {
            await world.report(.foreignToken, tenant: tenant, "\(route.name) came with a token of \(claims.tid)")
            return .empty(401)
        }
        guard claims.roles?.contains(AppRole.manageAsApp) == true else { return .empty(401) }
        let switches = await world.switches
        guard call.header("content-type")?.lowercased().hasPrefix("application/json") == true else {
            return .empty(415)
        }
        if let anchor = call.header("x-anchormailbox"), !AnchorMailbox.isWellFormed(anchor) {
            return ExchangeError.badEnvelope("The value of X-AnchorMailbox is malformed.").reply(switches: switches)
        }
        do {
            let envelope = try CmdletEnvelope(call.body)
            guard let cmdlet = Cmdlet(rawValue: envelope.name) else { return .nulls(403) }
            return try await world.answerExchange(cmdlet, envelope, call, claims)
        } catch {
            return error.reply(switches: switches)
        }
    }

    func errorReply(status: Int, code: String, message: String, _ call: Call) -> Reply {
        .json(status, ["error": ["code": .text(code), "message": .text(message)]])
    }
}

/// The forms of the X-AnchorMailbox header.
enum AnchorMailbox {
    /// `APP:SystemMailbox{guid}@tenant`, or a user form with a mailbox behind the colon.
    static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ["APP", "UPN", "AAD-UPN", "SMTP"].contains(parts[0]) else { return false }
        let mailbox = parts[1].split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard mailbox.count == 2, !mailbox[0].isEmpty, !mailbox[1].isEmpty else { return false }
        guard UUID(uuidString: mailbox[1]) != nil || mailbox[1].contains(".") else { return false }
        guard parts[0] == "APP" else { return true }
        guard mailbox[0].hasPrefix("SystemMailbox{"), mailbox[0].hasSuffix("}") else { return false }
        return UUID(uuidString: String(mailbox[0].dropFirst("SystemMailbox{".count).dropLast())) != nil
    }
}

/// One cmdlet, decided against one tenant.
struct ExchangeOperation: Sendable {
    let cmdlet: Cmdlet
    let envelope: CmdletEnvelope
    let call: Call
    let claims: TokenClaims
    let moment: Moment

    /// Whether the directory roles in the token, and what has reached Exchange of them, allow the cmdlet.
    func isAllowed(_ tenant: Tenant) -> Bool {
        let wanted = cmdlet.mayChangeTenant ? DirectoryRole.mayChangeExchange : DirectoryRole.mayReadExchange
        let held = (claims.wids ?? []).filter(wanted.contains)
        return held.contains { role in
            let assignment = tenant.directory.roleAssignments.first {
                $0.roleID == role && $0.principalID == claims.oid
            }
            let reached = assignment?.createdAt.addingTimeInterval(moment.delays.directoryRoleInExchangeSeconds)
            return moment.now >= reached ?? .distantPast
        }
    }

    /// Whether the app role has reached Exchange.
    func isKnown(_ tenant: Tenant) -> Bool {
        let roleID = AppRole.named(AppRole.manageAsApp)?.id
        let assignment = tenant.directory.appRoleAssignments.first {
            $0.roleID == roleID && $0.principalID == claims.oid
        }
        let reached = assignment?.createdAt.addingTimeInterval(moment.delays.appRoleInExchangeSeconds)
        return moment.now >= reached ?? .distantPast
    }

    /// Runs the cmdlet and writes its reply.
    func answer(_ tenant: inout Tenant) throws(ExchangeError) -> Reply {
        let checked = try CmdletCall(cmdlet, envelope.parameters, switches: moment.switches)
        let result = try tenant.exchange.run(checked, moment.with(actor: actor(tenant)))
        if let change = result.change {
            tenant.record(
                change.action,
                change.kind,
                name: change.name,
                id: change.id,
                by: claims.appid,
                at: moment.now
            )
        }
        return reply(result, tenant)
    }

    /// The name of the application that Exchange writes down.
    private func actor(_ tenant: Tenant) -> String {
        tenant.directory.principal(appID: claims.appid)?.displayName ?? claims.appid
    }

    private func reply(_ result: CmdletResult, _ tenant: Tenant) -> Reply {
        let base = "\(call.baseURL)/adminapi/beta/\(tenant.id)"
        var body: [String: JSONValue] = [
            "@odata.context": .text("\(base)/$metadata#Collection(Exchange.GenericHashTable)"),
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": .texts(result.warnings),
            "value": .array(result.records.map(selected)),
        ]
        if result.isCut { body["@odata.nextLink"] = .text("\(base)/InvokeCommand?$skiptoken=BE01") }
        var reply = Reply.json(200, .object(body), changed: result.change != nil)
        if moment.switches.rateLimitHeaders {
            reply.headers["Rate-Limit-Limit"] = "30000"
            reply.headers["Rate-Limit-Remaining"] = "29990"
            reply.headers["Rate-Limit-Reset"] = exchangeTime(moment.now.addingTimeInterval(300))
        }
        return reply
    }

    private func selected(_ record: JSONValue) -> JSONValue {
        guard let select = call.query("$select"), let members = record.object else { return record }
        let names = Set(select.split(separator: ",").map(String.init))
        return .object(members.filter { names.contains($0.key.split(separator: "@").first.map(String.init) ?? "") })
    }
}
