import JobModel
import Microsoft365

/// What was consented to, as tokens show it.
extension TenantAttempt {
    /// Gets a token for Graph and waits until it carries every permission that a type of job needs.
    func requirePermissions(of type: JobType) async throws {
        let token = try await self.tenant.login.token(for: .graph)
        let missing = Permission.missing(for: type, roles: token.roles)
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            throw Waiting(
                for: .permissions,
                Problem(.permissionMissing, "Not granted, or not yet in effect: \(names).")
            )
        }
    }
}

extension Permission {
    /// The Graph permissions that a type of job needs and a token does not carry; sorted.
    ///
    /// Pure.
    static func missing(for type: JobType, roles: Set<String>) -> [String] {
        Self.needed(by: type.rawValue)
            .filter { $0.resource == .graph && !roles.contains($0.value) }
            .map(\.value).sorted()
    }
}
