import Foundation

/// Someone who has, or ought to have, a mailbox.
struct MailboxOwner: Sendable, Equatable {
    let id: UUID
    let userPrincipalName: String
    /// The number in the population.
    var member: Int?
}

/// The mail of one tenant.
///
/// A class, so that a change of one mailbox never copies the table of all of them; the post office guards it.
final class MailTenant {
    let population: Population
    let contents: [MailContent]
    private let mail: ScenarioMail
    private let seed: UInt64
    private let users: [MailboxOwner]
    /// The mailboxes in which anything has changed since the start.
    private(set) var changed: [UUID: Mailbox] = [:]
    private var states: [UUID: (state: ScenarioMailboxState, since: Date)] = [:]
    private let start: Date
    private(set) var effects: [MailEffect] = []
    private var effectCount = 0

    /// More are forgotten, the oldest first.
    private static let largestReport = 500_000

    init(_ scenario: ScenarioTenant, seed: UInt64, start: Date) {
        self.start = start
        population = Population(scenario)
        mail = scenario.mail
        self.seed = seed
        let people = People(scenario, tenant: scenario.id.lowercased()).users
        users = people.compactMap { user in
            guard let id = user["id"]?.text.flatMap(UUID.init), let name = user["userPrincipalName"]?.text else {
                return nil
            }
            return MailboxOwner(id: id, userPrincipalName: name)
        }
        contents = mail.deliveries.map { delivery in
            MailContent(
                internetMessageID: delivery.internetMessageID,
                subject: delivery.subject,
                from: delivery.from,
                receivedAt: (try? Date(delivery.receivedAt, strategy: .iso8601)) ?? .distantPast
            )
        }
    }

    // MARK: Owners

    /// The user with that object id or sign-in name.
    func owner(_ key: String) -> MailboxOwner? {
        if let id = UUID(uuidString: key), let user = users.first(where: { $0.id == id }) { return user }
        if let user = users.first(where: { $0.userPrincipalName.lowercased() == key.lowercased() }) { return user }
        return population.member(key).flatMap(owner)
    }

    private func owner(_ member: Int) -> MailboxOwner? {
        guard let id = UUID(uuidString: population.id(of: member)) else { return nil }
        return MailboxOwner(id: id, userPrincipalName: population.userPrincipalName(of: member), member: member)
    }

    /// Everyone a delivery of that message went to.
    func recipients(of internetMessageID: String) -> [MailboxOwner] {
        let deliveries = mail.deliveries.filter { $0.internetMessageID == internetMessageID }
        let named = users.filter { user in deliveries.contains { reaches(user, $0.to, $0.members) } }
        let ranges = deliveries.compactMap(\.members)
        guard let first = ranges.map(\.first).min(), let last = ranges.map(\.last).max() else { return named }
        let numbers = (max(1, first)...max(1, min(last, population.count))).filter { number in
            ranges.contains { $0.contains(number) }
        }
        return named + numbers.compactMap(owner)
    }

    func state(of owner: MailboxOwner) -> ScenarioMailboxState { condition(of: owner).state }

    /// The state and since when it is that.
    func condition(of owner: MailboxOwner) -> (state: ScenarioMailboxState, since: Date) {
        if let condition = states[owner.id] { return condition }
        return (mail.states.last { reaches(owner, $0.to, $0.members) } ?? ScenarioMailboxState(.normal), start)
    }

    func setState(_ state: ScenarioMailboxState, of owner: MailboxOwner, at time: Date) {
        states[owner.id] = (state, time)
    }

    private func reaches(_ owner: MailboxOwner, _ names: [String], _ members: ScenarioMembers?) -> Bool {
        if let member = owner.member { return members?.contains(member) ?? false }
        return names.contains { $0.lowercased() == owner.userPrincipalName.lowercased() }
    }

    // MARK: Mailboxes

    func mailbox(of owner: MailboxOwner) -> Mailbox { changed[owner.id] ?? untouched(owner) }

    /// Keeps a mailbox from now on.
    func keep(_ mailbox: Mailbox) { changed[mailbox.owner] = mailbox }

    /// The mailbox as it was at the start.
    func untouched(_ owner: MailboxOwner) -> Mailbox {
        var mailbox = Mailbox(owner: owner.id)
        for (index, delivery) in mail.deliveries.enumerated() where reaches(owner, delivery.to, delivery.members) {
            deliver(delivery, index, &mailbox)
        }
        return mailbox
    }

    private static let variedFolders = [
        "inbox", "inbox", "inbox", "junkemail", "deleteditems", "Clients/2026", "Inbox/Bills",
    ]
    private static let variedCategories = [[], [], ["Red category"], ["Blue category", "Rechnung & Co"]]

    private func deliver(_ delivery: ScenarioDelivery, _ index: Int, _ mailbox: inout Mailbox) {
        let owner = withUnsafeBytes(of: mailbox.owner.uuid) { Array($0) }
        var chance = SeededGenerator(
            seed: owner.reduce(seed &+ UInt64(index)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        )
        let copies = delivery.isVaried ? Int.random(in: 1...delivery.copies, using: &chance) : delivery.copies
        for _ in 0..<copies {
            guard delivery.isVaried else {
                mailbox.addItem(index, in: mailbox.makePath(delivery.folder)) {
                    $0.isRead = delivery.isRead
                    $0.flag.status = delivery.flagStatus
                    $0.categories = delivery.categories
                }
                continue
            }
            let folder = MailTenant.variedFolders[Int.random(in: 0..<MailTenant.variedFolders.count, using: &chance)]
            mailbox.addItem(index, in: mailbox.makePath(folder)) {
                $0.isRead = Bool.random(using: &chance)
                $0.flag.status = MailFlag.statuses[Int.random(in: 0..<MailFlag.statuses.count, using: &chance)]
                let choice = Int.random(in: 0..<MailTenant.variedCategories.count, using: &chance)
                $0.categories = MailTenant.variedCategories[choice]
            }
        }
    }

    func record(_ notes: [MailEffect.Note], in mailbox: UUID, tenant: String, by: String, at time: Date) {
        if effects.count > MailTenant.largestReport { effects.removeFirst(MailTenant.largestReport / 2) }
        for note in notes {
            effectCount += 1
            effects.append(
                MailEffect(
                    number: effectCount,
                    time: time,
                    tenant: tenant,
                    mailbox: mailbox.uuidString.lowercased(),
                    note: note,
                    by: by
                )
            )
        }
    }
}
