import Foundation

/// The control listener: look into the simulator and act as an administrator.
///
/// All paths begin with `/_simulator`; bodies are JSON; errors are `{"error":"…"}` with status 400 or 404.
///
/// | call | body | answer |
/// |---|---|---|
/// | `GET state` | | ``SimulatorState`` |
/// | `GET tenants/{id or domain}` | | ``TenantState`` |
/// | `GET journal?after=N&tenant=ID&route=PATTERN` | | array of ``JournalEntry`` |
/// | `GET effects?tenant=ID` | | array of ``Effect`` |
/// | `GET violations` | | array of ``Violation`` |
/// | `GET routes` | | names of all routes |
/// | `POST reset` | a ``Scenario``, or nothing for the same again | ``SimulatorState`` |
/// | `POST faults` | a ``FaultRule`` or an array of them | 204 |
/// | `DELETE faults` | | 204 |
/// | `POST clock/advance` | `{"seconds":60}` | `{"now":"…"}` |
/// | `POST settings` | any of `delays`, `switches`, `latencyMilliseconds`, `tokenLifetimeSeconds`; a whole `delays` or `switches` each | 204 |
/// | `GET dns` | | array of ``ScenarioName`` |
/// | `POST dns` | an array of ``ScenarioName``, each in the place of the one called the same | 204 |
/// | `DELETE dns/{name}` | | 204 |
/// | `GET dns/journal` | | array of ``DNSQuery`` |
/// | `POST tenants/{id or domain}/actions` | an ``AdminAction`` | ``TenantState`` |
/// | `GET tenants/{id or domain}/directory` | | ``DirectoryTruth`` |
/// | `POST tenants/{id or domain}/directory` | an array of ``DirectoryAction`` | 204 |
/// | `GET requests` | | HTTP requests by route; a batch is one |
/// | `GET tenants/{id or domain}/mail/mailboxes/{id or name}` | | ``MailboxReport`` |
/// | `POST tenants/{id or domain}/mail/mailboxes/{id or name}/actions` | a ``MailboxAction`` | ``MailboxReport`` |
/// | `GET tenants/{id or domain}/mail/differences` | | array of ``MailboxDifference`` |
/// | `GET tenants/{id or domain}/mail/census?internetMessageID=…` | | ``MessageCensus`` |
/// | `GET tenants/{id or domain}/mail/effects` | | array of ``MailEffect`` |
struct ControlRoutes: Sendable {
    let world: World

    func deliver(_ call: Call) async -> Delivery {
        do {
            return .reply(try await answer(call))
        } catch let error as SimulatorError {
            return .reply(.json(400, ["error": .text(error.description)]))
        } catch {
            return .reply(.json(400, ["error": .text(SimulatorError.describing(error))]))
        }
    }

    private func answer(_ call: Call) async throws -> Reply {
        let path = call.path
        guard path.first == "_simulator" else { return ControlRoutes.unknown }
        switch (call.method, path.count, path.dropFirst().joined(separator: "/")) {
        case ("GET", _, "state"): return .json(200, encoding: await world.state())
        case ("GET", _, "journal"): return try await journal(call)
        case ("GET", _, "effects"): return .json(200, encoding: await world.effects(call.query("tenant")))
        case ("GET", _, "violations"): return .json(200, encoding: await world.allViolations())
        case ("GET", _, "routes"): return .json(200, encoding: RouteName.all)
        case ("POST", _, "reset"): return try await reset(call)
        case ("POST", _, "faults"): return try await addFaults(call)
        case ("DELETE", _, "faults"):
            await world.clearFaults()
            return .empty(204)
        case ("POST", _, "clock/advance"):
            let step = try decode(Step.self, call)
            return .json(200, ["now": .text((await world.advance(by: step.seconds)).formatted(.iso8601))])
        case ("POST", _, "settings"):
            let settings = try decode(Settings.self, call)
            await world.change(
                delays: settings.delays,
                switches: settings.switches,
                latencyMilliseconds: settings.latencyMilliseconds,
                tokenLifetimeSeconds: settings.tokenLifetimeSeconds
            )
            return .empty(204)
        case ("GET", _, "dns"): return .json(200, encoding: world.names.names)
        case ("GET", _, "dns/journal"): return .json(200, encoding: world.names.journal)
        case ("POST", _, "dns"): return try publish(call)
        case ("DELETE", 3, _) where path[1] == "dns":
            world.names.remove(path[2])
            return .empty(204)
        case ("GET", _, "requests"): return .json(200, encoding: await world.requestCounts)
        case (_, 5..., _) where path[1] == "tenants" && path[3] == "mail":
            let rest = Array(path.dropFirst(4))
            return try await MailControl(world: world).answer(call, tenant: path[2], rest) ?? ControlRoutes.unknown
        case ("GET", 3, _) where path[1] == "tenants": return await tenant(path[2])
        case ("POST", 4, _) where path[1] == "tenants" && path[3] == "actions":
            try await world.perform(try decode(AdminAction.self, call), tenant: path[2])
            return await tenant(path[2])
        case ("GET", 4, _) where path[1] == "tenants" && path[3] == "directory":
            guard let truth = await world.directoryTruth(path[2]) else { return ControlRoutes.unknown }
            return .json(200, encoding: truth)
        case ("POST", 4, _) where path[1] == "tenants" && path[3] == "directory":
            try await world.perform(try decode([DirectoryAction].self, call), tenant: path[2])
            return .empty(204)
        default: return ControlRoutes.unknown
        }
    }

    private static let unknown = Reply.json(404, ["error": "no such control route"])

    private func tenant(_ name: String) async -> Reply {
        guard let state = await world.tenantState(name) else {
            return .json(404, ["error": .text("no tenant is called '\(name)'")])
        }
        return .json(200, encoding: state)
    }

    private func journal(_ call: Call) async throws -> Reply {
        let after = Int(call.query("after") ?? "0") ?? 0
        return .json(
            200,
            encoding: await world.journalEntries(
                after: after,
                tenant: call.query("tenant"),
                route: call.query("route")
            )
        )
    }

    private func reset(_ call: Call) async throws -> Reply {
        try await world.reset(call.body.isEmpty ? nil : Scenario.read(call.body))
        return .json(200, encoding: await world.state())
    }

    private func addFaults(_ call: Call) async throws -> Reply {
        let isList = try JSONValue(parsing: call.body).array != nil
        let rules = isList ? try decode([FaultRule].self, call) : [try decode(FaultRule.self, call)]
        for rule in rules { await world.add(rule) }
        return .empty(204)
    }

    private func publish(_ call: Call) throws -> Reply {
        let names = try decode([ScenarioName].self, call)
        for name in names { try name.validate() }
        world.names.publish(names)
        return .empty(204)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ call: Call) throws(SimulatorError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: call.body)
        } catch {
            throw SimulatorError(code: .badControlRequest, detail: SimulatorError.describing(error))
        }
    }

    private struct Step: Decodable { let seconds: Double }

    private struct Settings: Decodable {
        var delays: Delays?
        var switches: Switches?
        var latencyMilliseconds: Int?
        var tokenLifetimeSeconds: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case delays, switches, latencyMilliseconds, tokenLifetimeSeconds
        }

        init(from decoder: any Decoder) throws {
            let fields = try StrictFields(decoder, CodingKeys.self)
            try fields.read(.delays, into: &delays)
            try fields.read(.switches, into: &switches)
            try fields.read(.latencyMilliseconds, into: &latencyMilliseconds)
            try fields.read(.tokenLifetimeSeconds, into: &tokenLifetimeSeconds)
        }
    }
}
