import Foundation

/// A user of the directory, as far as this product cares; ids as Graph writes them.
package struct UserRecord: Sendable, Equatable {
    /// The object id.
    package let id: String
    /// The name to sign in with.
    package let userPrincipalName: String
    /// The name for people.
    package let displayName: String?
    /// The primary address.
    package let mail: String?
    /// All addresses with their kinds: `SMTP:`, `smtp:`, `SIP:`, `X500:`.
    package let proxyAddresses: [String]
    /// Whether the account can sign in.
    package let isEnabled: Bool
    /// `Member`, `Guest`, or nil where the directory does not say.
    package let userType: String?
    /// Whether it holds a licence.
    package let isLicensed: Bool
}

/// A group of the directory, without its members.
package struct GroupRecord: Sendable, Equatable {
    /// The object id.
    package let id: String
    /// The name for people.
    package let displayName: String?
    /// The primary address.
    package let mail: String?
    /// All addresses with their kinds.
    package let proxyAddresses: [String]
    /// Whether it receives mail.
    package let isMailEnabled: Bool
    /// Whether rights can be given to it.
    package let isSecurityEnabled: Bool
    /// `Unified`, `DynamicMembership`.
    package let groupTypes: [String]
}

/// Why a delta query says that an object is gone.
package enum DeltaRemoval: String, Sendable, Equatable {
    /// Deleted, and restorable for 30 days.
    case changed
    /// Deleted for good.
    case deleted
}

/// What a delta query says of a user.
package struct UserItem: Sendable, Equatable {
    /// The object id.
    package let id: String
    /// That it is gone; nil when it is there.
    package let removal: DeltaRemoval?
    /// The user, when the item has what no user is without; what else was left out reads as nil.
    package let record: UserRecord?
    /// Whether every selected property is there, so that none of the record's is merely left out.
    package let isWhole: Bool
}

/// What a delta query says of a group.
package struct GroupItem: Sendable, Equatable {
    /// The object id.
    package let id: String
    /// That it is gone; nil when it is there.
    package let removal: DeltaRemoval?
    /// The group, when the item has what no group is without.
    package let record: GroupRecord?
    /// Whether every selected property but the members is there.
    package let isWhole: Bool
    /// Whether any property but the members is there.
    package let hasProperties: Bool
    /// Whether it says of what kind the group is: with mail, for rights, unified.
    package let tellsKind: Bool
    /// Who came or went, in the item's order.
    package let members: [MemberItem]
}

/// A member that came to a group or went.
package struct MemberItem: Sendable, Equatable {
    /// The member's object id.
    package let id: String
    /// Whether it went.
    package let isGone: Bool
    /// Whether it is a user or group, or may be one; devices, contacts and service principals are not.
    package let isUserOrGroup: Bool
}

extension UserItem: Decodable {
    static let properties =
        "id,userPrincipalName,displayName,mail,proxyAddresses,accountEnabled,userType,assignedLicenses"

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, userPrincipalName, displayName, mail, proxyAddresses, accountEnabled, userType, assignedLicenses
        case removed = "@removed"
    }

    private struct License: Decodable {}

    /// Reads an item or a whole user; a member may be missing or null.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        self.removal = try values.decodeIfPresent(RemovalMark.self, forKey: .removed)?.reason
        self.isWhole = CodingKeys.allCases.allSatisfy { $0 == .removed || values.contains($0) }
        guard let name = try values.decodeIfPresent(String.self, forKey: .userPrincipalName),
            let isEnabled = try values.decodeIfPresent(Bool.self, forKey: .accountEnabled)
        else {
            self.record = nil
            return
        }
        self.record = UserRecord(
            id: self.id,
            userPrincipalName: name,
            displayName: try values.decodeIfPresent(String.self, forKey: .displayName),
            mail: try values.decodeIfPresent(String.self, forKey: .mail),
            proxyAddresses: try values.decodeIfPresent([String].self, forKey: .proxyAddresses) ?? [],
            isEnabled: isEnabled,
            userType: try values.decodeIfPresent(String.self, forKey: .userType),
            isLicensed: try values.decodeIfPresent([License].self, forKey: .assignedLicenses)?.isEmpty == false
        )
    }
}

extension GroupItem: Decodable {
    static let properties = "id,displayName,mail,mailEnabled,securityEnabled,groupTypes,proxyAddresses"

    private enum CodingKeys: String, CodingKey {
        case id, displayName, mail, mailEnabled, securityEnabled, groupTypes, proxyAddresses
        case removed = "@removed"
        case members = "members@delta"
    }

    private static let kinds: [CodingKeys] = [.mailEnabled, .securityEnabled, .groupTypes]
    private static let others: [CodingKeys] = [.displayName, .mail, .proxyAddresses]

    /// Reads an item or a whole group; a member may be missing or null.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        self.removal = try values.decodeIfPresent(RemovalMark.self, forKey: .removed)?.reason
        self.members = try values.decodeIfPresent([MemberItem].self, forKey: .members) ?? []
        self.tellsKind = Self.kinds.contains { values.contains($0) }
        self.hasProperties = self.tellsKind || Self.others.contains { values.contains($0) }
        self.isWhole = (Self.kinds + Self.others).allSatisfy { values.contains($0) }
        guard let isMailEnabled = try values.decodeIfPresent(Bool.self, forKey: .mailEnabled),
            let isSecurityEnabled = try values.decodeIfPresent(Bool.self, forKey: .securityEnabled)
        else {
            self.record = nil
            return
        }
        self.record = GroupRecord(
            id: self.id,
            displayName: try values.decodeIfPresent(String.self, forKey: .displayName),
            mail: try values.decodeIfPresent(String.self, forKey: .mail),
            proxyAddresses: try values.decodeIfPresent([String].self, forKey: .proxyAddresses) ?? [],
            isMailEnabled: isMailEnabled,
            isSecurityEnabled: isSecurityEnabled,
            groupTypes: try values.decodeIfPresent([String].self, forKey: .groupTypes) ?? []
        )
    }
}

extension MemberItem: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id
        case type = "@odata.type"
        case removed = "@removed"
    }

    /// Reads a member of a delta item or of a list; one without a type may be anything and is kept.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        self.isGone = values.contains(.removed)
        let type = try values.decodeIfPresent(String.self, forKey: .type)
        self.isUserOrGroup = type.map { $0.hasSuffix(".user") || $0.hasSuffix(".group") } ?? true
    }
}

/// `@removed`; a reason that is not known counts as deleted for now, which a later word may correct.
private struct RemovalMark: Decodable {
    let reason: DeltaRemoval

    private enum CodingKeys: String, CodingKey { case reason }

    init(from decoder: any Decoder) throws {
        let text = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .reason)
        self.reason = text.flatMap(DeltaRemoval.init) ?? .changed
    }
}
