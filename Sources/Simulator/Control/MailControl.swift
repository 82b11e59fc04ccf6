import Foundation

/// The control listener's verbs for mail; the paths are listed at ``ControlRoutes``.
struct MailControl: Sendable {
    let world: World

    /// `rest` is what stands behind `tenants/{id}/mail`.
    func answer(_ call: Call, tenant name: String, _ rest: [String]) async throws -> Reply? {
        guard let tenant = await world.tenantID(name) else {
            throw SimulatorError(code: .badControlRequest, detail: "no tenant is called '\(name)'")
        }
        switch (call.method, rest.count, rest.first) {
        case ("GET", 1, "effects"): return .json(200, encoding: world.post.effects(tenant: tenant))
        case ("GET", 1, "differences"): return .json(200, encoding: world.post.differences(tenant: tenant))
        case ("GET", 1, "census"):
            let census = world.post.census(of: call.query("internetMessageID") ?? "", tenant: tenant)
            return .json(200, encoding: census)
        case ("GET", 2, "mailboxes"): return try report(rest[1], tenant)
        case ("POST", 3, "mailboxes") where rest[2] == "actions":
            let action: MailboxAction
            do {
                action = try JSONDecoder().decode(MailboxAction.self, from: call.body)
            } catch {
                throw SimulatorError(code: .badControlRequest, detail: SimulatorError.describing(error))
            }
            try await world.perform(action, on: rest[1], tenant: tenant)
            return try report(rest[1], tenant)
        default: return nil
        }
    }

    private func report(_ key: String, _ tenant: String) throws(SimulatorError) -> Reply {
        guard let report = world.post.report(key, tenant: tenant) else {
            throw SimulatorError(code: .badControlRequest, detail: "no mailbox is called '\(key)'")
        }
        return .json(200, encoding: report)
    }
}

// The control listener's verbs for mail, for tests in the same process.
extension SimulatorServer {
    /// What lies in a mailbox, by object id or sign-in name; nil when there is none.
    package func mailbox(_ key: String, tenant: String) -> MailboxReport? { world.post.report(key, tenant: tenant) }
    /// What became different in mailboxes.
    package func mailEffects(tenant: String? = nil) -> [MailEffect] { world.post.effects(tenant: tenant) }
    /// The mailboxes whose copies are not what they were at the start.
    package func mailDifferences(tenant: String) -> [MailboxDifference] { world.post.differences(tenant: tenant) }
    /// Counts the copies of a message by folder.
    package func census(of internetMessageID: String, tenant: String) -> MessageCensus {
        world.post.census(of: internetMessageID, tenant: tenant)
    }
    /// Acts as the user of a mailbox.
    package func perform(_ action: MailboxAction, on key: String, tenant: String) async throws(SimulatorError) {
        try await world.perform(action, on: key, tenant: tenant)
    }
    /// How many HTTP requests came, by route; the requests of a batch count as one.
    package func requestCounts() async -> [String: Int] { await world.requestCounts }
}
