import Foundation

/// The users that exist without being written down: their ids, names and addresses are made of their numbers.
struct Population: Sendable, Equatable {
    let count: Int
    let domain: String
    let initialDomain: String
    /// The first eight digits of every member's id, so that two tenants' members differ.
    private let prefix: String

    init(_ scenario: ScenarioTenant) {
        let standard = scenario.domains.first(where: \.isDefault)?.name ?? scenario.initialDomain
        count = scenario.mail.population
        domain = (scenario.mail.domain ?? standard).lowercased()
        initialDomain = scenario.initialDomain.lowercased()
        let number = scenario.id.lowercased().utf8.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        prefix = Population.padded(String(number, radix: 16), to: 8)
    }

    func userPrincipalName(of member: Int) -> String { "user" + Population.padded("\(member)", to: 6) + "@" + domain }

    func id(of member: Int) -> String {
        "\(prefix)-5eed-4000-8000-" + Population.padded(String(member, radix: 16), to: 12)
    }

    /// The member with that object id or sign-in name.
    func member(_ key: String) -> Int? {
        let key = key.lowercased()
        let head = prefix + "-5eed-4000-8000-"
        if key.hasPrefix(head) { return checked(Int(key.dropFirst(head.count), radix: 16)) }
        return member(key, as: "user", at: domain)
    }

    /// The member with that address, an alias or the one of the initial domain too.
    func member(address: String) -> Int? {
        let address = address.lowercased()
        return member(address, as: "user", at: domain) ?? member(address, as: "alias", at: domain)
            ?? member(address, as: "user", at: initialDomain)
    }

    /// A member as the directory shows it.
    func user(_ member: Int) -> [String: JSONValue] {
        let name = userPrincipalName(of: member)
        let local = name.prefix { $0 != "@" }
        return [
            "id": .text(id(of: member)), "userPrincipalName": .text(name), "mail": .text(name),
            "displayName": .text("User \(member)"), "accountEnabled": true, "userType": "Member",
            "givenName": .null, "surname": .null, "assignedLicenses": [], "otherMails": [],
            "createdDateTime": .text(userTime(.distantPast)),
            "proxyAddresses": .texts([
                "SMTP:\(name)", "smtp:alias\(local.dropFirst("user".count))@\(domain)",
                "smtp:\(local)@\(initialDomain)",
            ]),
        ]
    }

    private func member(_ address: String, as kind: String, at domain: String) -> Int? {
        guard address.hasPrefix(kind), address.hasSuffix("@" + domain) else { return nil }
        let digits = address.dropFirst(kind.count).dropLast(domain.count + 1)
        guard digits.count >= 6, digits.allSatisfy(\.isNumber), let number = checked(Int(digits)) else { return nil }
        return Population.padded("\(number)", to: 6) == digits ? number : nil
    }

    private func checked(_ number: Int?) -> Int? {
        guard let number, number >= 1, number <= count else { return nil }
        return number
    }

    private static func padded(_ text: String, to length: Int) -> String {
        String(repeating: "0", count: max(0, length - text.count)) + text
    }
}
