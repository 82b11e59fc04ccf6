import Foundation

/// What of a directory delta queries tell.
enum EntryKind: String, Sendable, Codable { case user, group }

/// The users and groups of one tenant: those of the scenario, those nobody wrote down, and what has become of them.
///
/// Only what differs from the start is held, so that a hundred thousand users cost nothing until they change.
struct DirectoryBook: Sendable {
    enum Life: Sendable { case present, softDeleted, purged }

    /// An object that is not as it was at the start.
    struct Entry: Sendable {
        var properties: [String: JSONValue]
        var life = Life.present
    }

    /// One thing that happened, in the order in which delta queries tell it.
    struct Change: Sendable {
        enum What: Sendable {
            case properties(Set<String>)
            /// Made, deleted or restored: everything of it is news.
            case life
            case member(String)
        }

        let kind: EntryKind
        let id: String
        let what: What
        let time: Date
    }

    let settings: ScenarioDirectory
    let population: Population
    private(set) var changes: [Change] = []
    /// Links of an earlier epoch are dead.
    private(set) var epoch = 0
    private let written: [EntryKind: [String]]
    private let start: [String: (kind: EntryKind, properties: [String: JSONValue])]
    private let startMembers: [String: [String]]
    private var created: [EntryKind: [String]] = [:]
    private var kinds: [String: EntryKind] = [:]
    private var entries: [String: Entry] = [:]
    /// Who came (true) or went (false), by group.
    private var memberships: [String: [String: Bool]] = [:]

    init(_ scenario: ScenarioTenant, people: People) {
        settings = scenario.directory
        population = Population(scenario)
        func id(_ properties: [String: JSONValue]) -> String { properties["id"]?.text ?? "" }
        written = [.user: people.users.map(id), .group: people.groups.map(id)]
        var start: [String: (EntryKind, [String: JSONValue])] = [:]
        for user in people.users { start[id(user)] = (.user, user) }
        for group in people.groups { start[id(group)] = (.group, group) }
        self.start = start
        startMembers = DirectoryBook.members(scenario, people, population)
    }

    private static func members(
        _ scenario: ScenarioTenant,
        _ people: People,
        _ population: Population
    ) -> [String: [String]] {
        var ids: [String: String] = [:]
        for object in people.groups { ids[object["displayName"]?.text?.lowercased() ?? ""] = object["id"]?.text }
        for object in people.users { ids[object["userPrincipalName"]?.text?.lowercased() ?? ""] = object["id"]?.text }
        var members: [String: [String]] = [:]
        for (group, properties) in zip(scenario.groups, people.groups) {
            members[properties["id"]?.text ?? ""] = group.members.compactMap { name in
                ids[name.lowercased()] ?? population.member(name).map(population.id)
            }
        }
        return members
    }

    // MARK: Objects by number and by id

    /// How many numbers there are for a kind; some of them may be gone.
    func count(_ kind: EntryKind) -> Int { startCount(kind) + (created[kind]?.count ?? 0) }

    func id(_ kind: EntryKind, at index: Int) -> String {
        let names = written[kind] ?? []
        if index < names.count { return names[index] }
        if index < startCount(kind) { return unwritten(kind, index - names.count + 1) }
        return created[kind]?[index - startCount(kind)] ?? ""
    }

    private func startCount(_ kind: EntryKind) -> Int {
        (written[kind]?.count ?? 0) + (kind == .user ? population.count : settings.groups)
    }

    private func unwritten(_ kind: EntryKind, _ number: Int) -> String {
        let id = population.id(of: number)
        return kind == .user ? id : id.replacing("-5eed-", with: "-6e0d-")
    }

    /// What an id names; nil for nothing that ever was.
    func kind(of id: String) -> EntryKind? {
        if let kind = start[id]?.kind ?? kinds[id] { return kind }
        if id.contains("-5eed-"), population.member(id) != nil { return .user }
        return groupNumber(id) == nil ? nil : .group
    }

    private func groupNumber(_ id: String) -> Int? {
        guard id.contains("-6e0d-"), let number = Int(id.suffix(12), radix: 16),
            (1...max(1, settings.groups)).contains(number),
            settings.groups > 0, id == unwritten(.group, number)
        else { return nil }
        return number
    }

    func life(_ id: String) -> Life { entries[id]?.life ?? .present }

    func isPresent(_ id: String) -> Bool { kind(of: id) != nil && life(id) == .present }

    /// Whether an object is not as its number says.
    func isChanged(_ id: String) -> Bool { entries[id] != nil }

    /// All properties of an object, whatever has become of it.
    func properties(_ id: String) -> [String: JSONValue]? {
        if let entry = entries[id] { return entry.properties }
        if let properties = start[id]?.properties { return properties }
        if id.contains("-5eed-"), let member = population.member(id) { return population.user(member) }
        return groupNumber(id).map(group)
    }

    private func group(_ number: Int) -> [String: JSONValue] {
        let name = "group\(number)@\(population.domain)"
        let hasMail = number.isMultiple(of: 2)
        return [
            "id": .text(unwritten(.group, number)), "displayName": .text("Group \(number)"),
            "mail": hasMail ? .text(name) : .null, "mailEnabled": .flag(hasMail),
            "securityEnabled": .flag(!number.isMultiple(of: 4)),
            "groupTypes": number.isMultiple(of: 6) ? ["Unified"] : [],
            "proxyAddresses": hasMail ? .texts(["SMTP:\(name)"]) : [], "membershipRule": .null,
        ]
    }

    /// The objects that were written down, made or changed, as far as they are there.
    func known(_ kind: EntryKind) -> [[String: JSONValue]] {
        let touched = entries.keys.filter { start[$0] == nil && kinds[$0] == nil && self.kind(of: $0) == kind }
        let ids = (written[kind] ?? []) + (created[kind] ?? []) + touched.sorted()
        return ids.filter(isPresent).compactMap(properties)
    }

    // MARK: Members

    func isMember(_ id: String, of group: String) -> Bool {
        if let said = memberships[group]?[id] { return said }
        if let members = startMembers[group] { return members.contains(id) }
        guard let number = groupNumber(group), id.contains("-5eed-"), let member = population.member(id) else {
            return false
        }
        let distance = (member - 1 - (number - 1) * settings.membersPerGroup) % population.count
        return (distance + population.count) % population.count < settings.membersPerGroup
    }

    /// The members that are there, in an order that stays.
    func members(of group: String) -> [String] {
        var base = startMembers[group] ?? []
        if let number = groupNumber(group), population.count > 0 {
            base = (0..<min(settings.membersPerGroup, population.count)).map {
                population.id(of: ((number - 1) * settings.membersPerGroup + $0) % population.count + 1)
            }
        }
        let said = memberships[group] ?? [:]
        let atStart = Set(base)
        let came = said.filter { $0.value && !atStart.contains($0.key) }.keys.sorted()
        return (base.filter { said[$0] ?? true } + came).filter(isPresent)
    }

    /// The devices in a group that nobody wrote down.
    func devices(of group: String) -> [String] {
        guard groupNumber(group) != nil, settings.devicesPerGroup > 0 else { return [] }
        return (1...settings.devicesPerGroup).map { population.id(of: $0).replacing("-5eed-", with: "-de71-") }
    }

    /// What Graph calls a member of a group.
    func memberType(_ id: String) -> String {
        let name = id.contains("-de71-") ? "device" : (kind(of: id) ?? .user).rawValue
        return "#microsoft.graph.\(name)"
    }

    /// The groups that hold it, those that are deleted for now too.
    func groups(of id: String) -> [String] {
        (0..<count(.group)).map { self.id(.group, at: $0) }.filter { life($0) != .purged && isMember(id, of: $0) }
    }

    /// What is there now.
    var truth: DirectoryTruth {
        func objects(_ kind: EntryKind) -> [String: JSONValue] {
            let ids = (0..<count(kind)).map { self.id(kind, at: $0) }.filter(isPresent)
            return Dictionary(ids.map { ($0, .object(properties($0) ?? [:])) }, uniquingKeysWith: { $1 })
        }
        let groups = objects(.group)
        return DirectoryTruth(
            users: objects(.user),
            groups: groups,
            members: groups.keys.reduce(into: [:]) { $0[$1] = Set(members(of: $1)) },
            softDeleted: Set(entries.filter { $0.value.life == .softDeleted }.keys)
        )
    }

    // MARK: What happens

    mutating func note(_ kind: EntryKind, _ id: String, _ what: Change.What, at time: Date) {
        changes.append(Change(kind: kind, id: id, what: what, time: time))
    }

    mutating func add(_ kind: EntryKind, _ properties: [String: JSONValue], at time: Date) -> String {
        let number = created.values.reduce(0) { $0 + $1.count } + 1
        let mark = kind == .user ? "-add0-" : "-add1-"
        let id = properties["id"]?.text ?? population.id(of: number).replacing("-5eed-", with: mark)
        created[kind, default: []].append(id)
        kinds[id] = kind
        entries[id] = Entry(properties: properties.merging(["id": .text(id)]) { $1 })
        note(kind, id, .life, at: time)
        return id
    }

    mutating func set(_ properties: [String: JSONValue], of id: String, _ kind: EntryKind, at time: Date) {
        var entry = entries[id] ?? Entry(properties: self.properties(id) ?? [:])
        entry.properties.merge(properties) { $1 }
        entries[id] = entry
        note(kind, id, .properties(Set(properties.keys)), at: time)
    }

    mutating func set(_ life: Life, of id: String, _ kind: EntryKind, at time: Date) {
        var entry = entries[id] ?? Entry(properties: properties(id) ?? [:])
        guard entry.life != life, entry.life != .purged else { return }
        entry.life = life
        entries[id] = entry
        note(kind, id, .life, at: time)
        guard life != .softDeleted else { return }
        for group in groups(of: id) {
            if life == .purged { memberships[group, default: [:]][id] = false }
            note(.group, group, .member(id), at: time)
        }
    }

    mutating func setMember(_ id: String, of group: String, _ isMember: Bool, at time: Date) {
        guard self.isMember(id, of: group) != isMember else { return }
        memberships[group, default: [:]][id] = isMember
        note(.group, group, .member(id), at: time)
    }

    mutating func rebuild() { epoch += 1 }
}
