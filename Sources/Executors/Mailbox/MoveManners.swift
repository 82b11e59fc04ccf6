import Foundation
import Microsoft365
import Synchronization

/// What this process has seen the services of tenants do to copies that they move.
///
/// Some mark them as read, and that is put right. But an owner may read a copy in the moment between our look and our move:
/// where moves were seen to leave the read state alone, a change of it is the owner's doing and stands.
package final class MoveManners: Sendable {
    /// How many tenants are remembered.
    static let tenantsMax = 20_000

    private let keeping = Mutex<Set<UUID>>([])

    /// Nothing has been seen yet.
    package init() {}

    /// Whether moves leave the read state alone; false when that is not known.
    func keepReadState(in tenant: UUID) -> Bool { self.keeping.withLock { $0.contains(tenant) } }

    func learnKeepsReadState(in tenant: UUID) {
        self.keeping.withLock { keeping in
            if keeping.count >= Self.tenantsMax { keeping = [] }
            keeping.insert(tenant)
        }
    }
}

/// The same for the tenant of one job.
struct TenantManners: Sendable {
    private let manners: MoveManners
    private let tenant: UUID

    init(_ manners: MoveManners, tenant: UUID) {
        self.manners = manners
        self.tenant = tenant
    }

    /// Learns from the read states of copies before and after a move that nothing was put right of yet.
    func learn(from moves: [(before: Bool?, after: Bool?)]) {
        if moves.contains(where: { $0.before == false && $0.after == false }) {
            self.manners.learnKeepsReadState(in: self.tenant)
        }
    }

    /// What of a change may undo what a move did; nil for nothing.
    func movesDoing(_ change: MailChange?) -> MailChange? {
        guard self.manners.keepReadState(in: self.tenant) else { return change }
        return change?.limited(to: ["flag", "categories"])
    }
}
