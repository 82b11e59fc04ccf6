import Foundation

// The control listener's verbs for users and groups.
extension World {
    /// Something happens to users and groups, all of it at the same moment.
    func perform(_ actions: [DirectoryAction], tenant name: String) throws(SimulatorError) {
        let time = now()
        try change(tenant: name) { tenant throws(SimulatorError) in
            for action in actions { try tenant.book.perform(action, at: time) }
        }
    }

    /// What is there; nil when there is no such tenant.
    func directoryTruth(_ name: String) -> DirectoryTruth? { tenant(name)?.book.truth }
}

// The same for tests in the same process.
extension SimulatorServer {
    /// Something happens to users and groups.
    package func perform(_ actions: [DirectoryAction], tenant: String) async throws(SimulatorError) {
        try await world.perform(actions, tenant: tenant)
    }
    /// The users and groups of a tenant as they are.
    package func directory(tenant: String) async -> DirectoryTruth? { await world.directoryTruth(tenant) }
}
