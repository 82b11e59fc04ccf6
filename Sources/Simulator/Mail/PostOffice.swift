import Foundation
import Synchronization

/// All mailboxes of all tenants; asked by services directly, so that mail does not wait for anything else.
final class PostOffice: Sendable {
    private let tenants: Mutex<[String: MailTenant]>

    init(_ scenario: Scenario, start: Date) { tenants = Mutex(PostOffice.tenants(scenario, start)) }

    private static func tenants(_ scenario: Scenario, _ start: Date) -> [String: MailTenant] {
        Dictionary(
            scenario.tenants.map { ($0.id.lowercased(), MailTenant($0, seed: scenario.seed, start: start)) },
            uniquingKeysWith: { $1 }
        )
    }

    /// Starts anew with the mailboxes of that scenario.
    func reset(_ scenario: Scenario, start: Date) { tenants.withLock { $0 = PostOffice.tenants(scenario, start) } }

    // MARK: What services ask

    /// The mailbox a call speaks of, as the journal and the limits know it; nil when there is none.
    func mailbox(_ key: String, tenant: String?) -> RouteMailbox? {
        guard let tenant else { return nil }
        return tenants.withLock { tenants in
            guard let mail = tenants[tenant], let owner = mail.owner(key) else { return nil }
            let state = mail.state(of: owner)
            return RouteMailbox(
                id: owner.id.uuidString.lowercased(),
                userPrincipalName: owner.userPrincipalName.lowercased(),
                extraMilliseconds: state.state == .slow ? state.milliseconds : 0
            )
        }
    }

    /// Whether the user's account is deleted and waits to be purged.
    func isSoftDeleted(_ key: String, tenant: String) -> Bool {
        tenants.withLock { tenants in
            guard let mail = tenants[tenant], let owner = mail.owner(key) else { return false }
            return mail.state(of: owner).state == .softDeleted
        }
    }

    /// When a user was made whose mailbox is `new`; nil for all others.
    func creation(of key: String, tenant: String) -> Date? {
        tenants.withLock { tenants in
            guard let mail = tenants[tenant], let owner = mail.owner(key) else { return nil }
            let (state, since) = mail.condition(of: owner)
            return state.state == .new ? since : nil
        }
    }

    /// The immutable id of the copy with that id of whichever kind; nil when there is none.
    func immutableID(_ id: String?, in mailbox: String, tenant: String) -> String? {
        tenants.withLock { tenants in
            guard let id, let owner = tenants[tenant]?.owner(mailbox) else { return nil }
            switch MailIdentifier(id, owner: owner.id) {
            case .immutable(let serial), .regular(let serial, _):
                return MailIdentifier.immutable(serial: serial).text(owner: owner.id)
            case .folder, nil: return nil
            }
        }
    }

    /// Carries out one call on one mailbox.
    func answer(
        _ operation: MailOperation,
        tenant: String,
        by application: String,
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let result = tenants.withLock { tenants -> Result<Reply, GraphError> in
            var reply = Result<Reply, GraphError>.failure(.unknownIdentity)
            guard tenants[tenant] != nil else { return reply }
            do throws(GraphError) {
                guard let owner = tenants[tenant]?.owner(operation.route.owner) else {
                    throw .invalidUser(operation.route.owner)
                }
                guard let mail = tenants[tenant] else { throw .unknownIdentity }
                let (state, since) = mail.condition(of: owner)
                try operation.admit(state, since: since)
                var mailbox = mail.mailbox(of: owner)
                var operation = operation
                operation.isOnHold = state.state == .onHold
                reply = .success(try operation.answer(&mailbox, mail.contents, &notes))
                guard !notes.effects.isEmpty else { return reply }
                tenants[tenant]?.keep(mailbox)
                let time = operation.moment.now
                tenants[tenant]?.record(notes.effects, in: owner.id, tenant: tenant, by: application, at: time)
            } catch {
                reply = .failure(error)
            }
            return reply
        }
        return try result.get()
    }

    // MARK: What the control listener asks

    /// Acts as the user of a mailbox.
    func perform(
        _ action: MailboxAction,
        on key: String,
        tenant: String,
        at time: Date,
        listsLag: Double
    ) throws(SimulatorError) {
        let lag = listsLag > 0 ? time.addingTimeInterval(listsLag) : nil
        let error = tenants.withLock { tenants -> SimulatorError? in
            guard let mail = tenants[tenant], let owner = mail.owner(key) else {
                return SimulatorError(code: .badControlRequest, detail: "no mailbox is called '\(key)'")
            }
            var mailbox = mail.mailbox(of: owner)
            do throws(SimulatorError) {
                let notes = try mailbox.perform(action, mail.contents, listsLagUntil: lag)
                tenants[tenant]?.keep(mailbox)
                tenants[tenant]?.record(notes, in: owner.id, tenant: tenant, by: "user", at: time)
                if let state = action.state { tenants[tenant]?.setState(state, of: owner, at: time) }
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
    }

    func report(_ key: String, tenant: String) -> MailboxReport? {
        tenants.withLock { tenants in
            guard let mail = tenants[tenant], let owner = mail.owner(key) else { return nil }
            return MailboxReport(mail.mailbox(of: owner), owner, mail.contents)
        }
    }

    /// The mailboxes whose copies differ from the start in folder, id, read state, flag, categories or number.
    func differences(tenant: String) -> [MailboxDifference] {
        tenants.withLock { tenants in
            guard let mail = tenants[tenant] else { return [] }
            return mail.changed.values.compactMap { mailbox in
                guard let owner = mail.owner(mailbox.owner.uuidString) else { return nil }
                let before = MailboxReport(mail.untouched(owner), owner, mail.contents).items
                let after = MailboxReport(mailbox, owner, mail.contents).items.map(\.withoutProperties)
                if before == after { return nil }
                return MailboxDifference(
                    userPrincipalName: owner.userPrincipalName,
                    before: before.filter { !after.contains($0) },
                    after: after.filter { !before.contains($0) }
                )
            }.sorted { $0.userPrincipalName < $1.userPrincipalName }
        }
    }

    /// Counts the copies of a message in the mailboxes it was delivered to.
    func census(of internetMessageID: String, tenant: String) -> MessageCensus {
        tenants.withLock { tenants in
            guard let mail = tenants[tenant] else { return MessageCensus(mailboxes: 0, copies: 0, folders: [:]) }
            var folders: [String: Int] = [:]
            var mailboxes = 0
            for owner in mail.recipients(of: internetMessageID) {
                let mailbox = mail.mailbox(of: owner)
                let copies = mailbox.items.filter {
                    mail.contents[$0.content].internetMessageID == internetMessageID
                }
                if !copies.isEmpty { mailboxes += 1 }
                for copy in copies { folders[mailbox.path(copy.folder), default: 0] += 1 }
            }
            return MessageCensus(mailboxes: mailboxes, copies: folders.values.reduce(0, +), folders: folders)
        }
    }

    func effects(tenant: String?) -> [MailEffect] {
        tenants.withLock { tenants in
            tenants.filter { tenant == nil || $0.key == tenant }.sorted { $0.key < $1.key }.flatMap(\.value.effects)
        }
    }
}

/// The mailbox a call speaks of.
struct RouteMailbox: Sendable, Equatable {
    let id: String
    /// Lower case.
    let userPrincipalName: String
    /// How much longer than others its calls take.
    let extraMilliseconds: Int
}

/// What an operation on a mailbox leaves behind beside its reply.
struct MailNotes: Sendable {
    var effects: [MailEffect.Note] = []
    var violations: [(kind: Violation.Kind, detail: String)] = []
}
