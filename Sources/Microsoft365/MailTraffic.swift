import Foundation
import Synchronization

/// What this process does to mailboxes at the moment: one for all jobs and tenants of a process.
///
/// Outlook allows one application 4 calls at once and 10,000 within ten minutes in each mailbox (Microsoft Graph,
/// "Service-specific throttling limits"), and slows a tenant down that is asked too much. Jobs of one process share these
/// budgets; another process or host has its own, so the service's refusals are obeyed as well.
package final class MailTraffic: Sendable {
    /// Batches under way in one tenant, at most.
    static let batchesMax = 8
    /// Batches under way in one tenant at first.
    static let batchesFirst = 4
    private struct Tenant {
        var batches = 0
        var batchesLimit = Double(MailTraffic.batchesFirst)
        var pausedUntil: ContinuousClock.Instant?
    }

    private struct State {
        var mailboxes = MailboxBudgets()
        var tenants: [UUID: Tenant] = [:]
    }

    private let state = Mutex(State())

    /// Nothing is under way yet.
    package init() {}

    // MARK: Mailboxes

    /// Counts a call that is about to be sent; false when its mailbox has as many as it may, or rests.
    func begin(_ mailbox: String, of tenant: UUID, at now: ContinuousClock.Instant) -> Bool {
        self.state.withLock { $0.mailboxes.begin(MailboxBudgets.Key(tenant: tenant, mailbox: mailbox), at: now) }
    }

    /// Notes that a call has ended.
    func end(_ mailbox: String, of tenant: UUID) {
        self.state.withLock { $0.mailboxes.end(MailboxBudgets.Key(tenant: tenant, mailbox: mailbox)) }
    }

    /// Notes that the service asked to leave a mailbox alone.
    func rest(_ mailbox: String, of tenant: UUID, until end: ContinuousClock.Instant) {
        self.state.withLock { $0.mailboxes.rest(MailboxBudgets.Key(tenant: tenant, mailbox: mailbox), until: end) }
    }

    /// Until when a mailbox is, or was, to be left alone; nil when that is not known.
    func restEnd(of mailbox: String, of tenant: UUID) -> ContinuousClock.Instant? {
        self.state.withLock { $0.mailboxes.restEnd(of: MailboxBudgets.Key(tenant: tenant, mailbox: mailbox)) }
    }

    // MARK: Tenants

    /// Counts a batch that is about to be sent; otherwise says how soon to ask again.
    func beginBatch(of tenant: UUID, at now: ContinuousClock.Instant) -> Duration? {
        self.state.withLock { state in
            var entry = state.tenants[tenant] ?? Tenant()
            defer { state.tenants[tenant] = entry }
            if let until = entry.pausedUntil {
                guard now >= until else { return until - now }
                entry.pausedUntil = nil
            }
            guard entry.batches < Int(entry.batchesLimit) else { return Self.turn }
            entry.batches += 1
            return nil
        }
    }

    /// How soon a pipeline that found all places taken by others looks again.
    private static let turn: Duration = .milliseconds(10)

    /// Notes that a batch has ended, and adapts: one more at a time while all goes well, half as many after a refusal.
    func endBatch(of tenant: UUID, as manners: MailManners, at now: ContinuousClock.Instant) {
        self.state.withLock { state in
            guard var entry = state.tenants[tenant] else { return }
            entry.batches -= 1
            switch manners {
            case .fine: entry.batchesLimit = min(entry.batchesLimit + 1 / entry.batchesLimit, Double(Self.batchesMax))
            case .neutral: break
            case .tooMuch(let pause):
                entry.batchesLimit = max(entry.batchesLimit / 2, 1)
                if let pause { entry.pausedUntil = max(entry.pausedUntil ?? now, now + pause) }
            }
            state.tenants[tenant] = entry
        }
    }

    /// How many batches a tenant may have under way now.
    func batchesLimit(of tenant: UUID) -> Int {
        self.state.withLock { Int($0.tenants[tenant]?.batchesLimit ?? Double(Self.batchesFirst)) }
    }
}

/// What a batch showed of the service's mood.
enum MailManners: Equatable {
    /// Nothing in it was throttled.
    case fine
    /// A few calls were, as happens when one mailbox is busy, or it failed for another reason.
    case neutral
    /// All of it was, or much; the service may have named a pause for all.
    case tooMuch(pause: Duration?)

    /// Judges by how many of the calls were throttled: a quarter is the tenant's, not a mailbox's, business.
    init(throttled: Int, of count: Int) {
        switch throttled {
        case 0: self = .fine
        case (count / 4 + 1)...: self = .tooMuch(pause: nil)
        default: self = .neutral
        }
    }
}
