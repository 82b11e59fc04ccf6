import AMQP
import JobModel
import Logging

/// Keeps two jobs from changing one tenant at once: inside this worker by a gate, between workers by an exclusive queue.
///
/// The queue `lock.tenant.<id>` belongs to the connection that consumes, and is gone with it. RabbitMQ frees the lock of a
/// frozen holder only after missed heartbeats, so the lock makes conflicts rare; that effects converge makes them harmless.
/// A lock belongs to one session: once `lost` has fired or the lease is over, its holder must change nothing more.
struct TenantLock: Sendable {
    /// How often it is tried to give a lock back before it goes with the whole connection; each try waits for the broker.
    private static let releasesMax = 3

    let connection: Connection
    let gate: KeyedGate<TenantID>
    let lost: Signal
    let lease: SessionLease
    let logger: Logger

    /// Whether somebody else may have the tenant by now.
    var isLost: Bool { self.lost.hasFired || self.lease.isOver }

    /// Takes the lock; false when another job has the tenant.
    func take(_ tenant: TenantID) async throws(AMQPError) -> Bool {
        guard await self.gate.tryEnter(tenant) else { return false }
        do {
            if try await self.connection.claimExclusiveQueue(Self.queue(tenant)) { return true }
        } catch {
            await self.gate.leave(tenant)
            throw error
        }
        await self.gate.leave(tenant)
        return false
    }

    /// Gives the lock back.
    ///
    /// A lost connection has given the queue back already. One that cannot give it back is closed, as with it the broker
    /// frees the lock: kept for good it would keep every other job from the tenant.
    func giveBack(_ tenant: TenantID) async {
        if await !self.isReleased(tenant) { await self.connection.close() }
        await self.gate.leave(tenant)
    }

    private func isReleased(_ tenant: TenantID) async -> Bool {
        for _ in 0..<Self.releasesMax {
            do {
                try await self.connection.releaseExclusiveQueue(Self.queue(tenant))
                return true
            } catch {
                if self.connection.hasEnded { return true }
                self.logger.warning(
                    "a tenant's lock could not be given back",
                    metadata: ["tenant": "\(tenant)", "reason": "\(error)"]
                )
            }
        }
        return false
    }

    private static func queue(_ tenant: TenantID) -> String { "lock.tenant.\(tenant)" }
}
