import Crypto
import JobModel

extension ChangePlan {
    /// Whether it changes something of a kind.
    func makes(_ kind: TenantObjectKind) -> Bool { self.changes.contains { $0.kind == kind } }

    /// A plan under its hash: equal changes of the same tenant have equal hashes.
    ///
    /// Pure.
    init(for tenant: TenantID, changes: [PlannedChange], unknown: [UnknownState]) throws {
        let hashed = Hashed(tenant: tenant.description, changes: changes, unknown: unknown)
        let digest = SHA256.hash(data: try CanonicalJSON.bytes(hashed))
        let hexadecimal = digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        self.init(hash: "sha256:\(hexadecimal.joined())", changes: changes, unknown: unknown)
    }

    /// What the hash is taken over; the tenant is in it, so that no plan fits another tenant.
    private struct Hashed: Encodable {
        let tenant: String
        let changes: [PlannedChange]
        let unknown: [UnknownState]
    }
}
