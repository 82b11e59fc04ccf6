package import JobModel
package import Simulator

/// What administrators do to a directory, left to chance; the same in every run of a seed.
package struct DirectoryChance: Sendable {
    private var numbers: SeededNumbers

    /// Begins a row of chances.
    package init(seed: Int) { self.numbers = SeededNumbers(seed: UInt64(seed) &* 0x9E37_79B9) }

    /// Whether something happens that does so many times in a hundred.
    package mutating func isLucky(_ percent: Int) -> Bool { self.number(0...99) < percent }

    /// A number within bounds.
    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.numbers) }

    /// One of these; nil when there is none.
    package mutating func one<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &self.numbers) }

    /// Who is imported.
    package mutating func filters() -> DirectoryFilters {
        DirectoryFilters(
            users: self.one(DirectoryFilters.Users.allCases) ?? .all,
            guests: self.isLucky(50),
            domains: self.isLucky(30) ? ["contoso.com"] : nil,
            groups: self.one([.all, .all, .mail, .security]) ?? .all
        )
    }

    /// What an administrator does between two looks: up to `most` things.
    package mutating func actions(on truth: DirectoryTruth, most: Int = 12) -> [DirectoryAction] {
        let users = truth.users.keys.sorted()
        let groups = truth.groups.keys.sorted()
        let deleted = truth.softDeleted.sorted()
        return (0..<self.number(0...most)).compactMap { _ in
            switch self.number(0...99) {
            case 0..<10: self.newUser()
            case 10..<15: self.newGroup()
            case 15..<35: self.one(users).map { self.changed($0, self.userProperties()) }
            case 35..<50: self.one(groups).map { self.changed($0, self.groupProperties()) }
            case 50..<60: self.one(users + groups).map { DirectoryAction(.softDelete, id: $0) }
            case 60..<70: self.one(deleted).map { DirectoryAction(.restore, id: $0) }
            case 70..<77: self.one(users + groups + deleted).map { DirectoryAction(.purge, id: $0) }
            case 77..<97: self.one(groups).map { self.members(of: $0, among: users + groups) }
            default: DirectoryAction(.rebuild)
            }
        }
    }

    private mutating func newUser() -> DirectoryAction {
        var action = DirectoryAction(.addUser)
        action.properties = self.userProperties()
        return action
    }

    private mutating func newGroup() -> DirectoryAction {
        var action = DirectoryAction(.addGroup)
        action.properties = self.groupProperties()
        return action
    }

    private func changed(_ id: String, _ properties: [String: JSONValue]) -> DirectoryAction {
        var action = DirectoryAction(.change, id: id)
        action.properties = properties
        return action
    }

    private mutating func members(of group: String, among ids: [String]) -> DirectoryAction {
        var action = DirectoryAction(self.isLucky(50) ? .addMembers : .removeMembers, id: group)
        action.members = Array(Set((0..<self.number(1...6)).compactMap { _ in self.one(ids) })).filter { $0 != group }
            .sorted()
        return action
    }

    private mutating func userProperties() -> [String: JSONValue] {
        let address = "somebody\(self.number(1...999))@\(self.isLucky(60) ? "contoso.com" : "example.net")"
        let all: [(String, JSONValue)] = [
            ("displayName", self.isLucky(20) ? .null : .text("Name \"\(self.number(1...999))\" Ünïcode")),
            ("accountEnabled", .flag(self.isLucky(60))), ("userType", self.isLucky(30) ? "Guest" : "Member"),
            ("mail", self.isLucky(30) ? .null : .text(address)),
            ("proxyAddresses", self.isLucky(30) ? [] : .texts(["SMTP:\(address)", "SIP:\(address)"])),
            ("assignedLicenses", self.isLucky(50) ? [] : [["skuId": "1"]]),
        ]
        return self.some(of: all, percent: 40)
    }

    private mutating func groupProperties() -> [String: JSONValue] {
        let all: [(String, JSONValue)] = [
            ("displayName", .text("Group \(self.number(1...999))")), ("mailEnabled", .flag(self.isLucky(50))),
            ("securityEnabled", .flag(self.isLucky(50))), ("groupTypes", self.isLucky(50) ? [] : ["Unified"]),
        ]
        return self.some(of: all, percent: 50)
    }

    private mutating func some(of all: [(String, JSONValue)], percent: Int) -> [String: JSONValue] {
        var kept: [String: JSONValue] = [:]
        for (name, value) in all where self.isLucky(percent) { kept[name] = value }
        return kept
    }
}
