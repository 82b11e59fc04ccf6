import Crypto
package import Foundation

/// When and under which of the service's ids an answer was given.
package struct MailEvidence: Sendable, Equatable {
    /// When the answer was here.
    package let at: Date
    /// The service's id of the request.
    package let requestID: String?

    /// Collects the parts.
    package init(at: Date, requestID: String?) {
        self.at = at
        self.requestID = requestID
    }
}

/// A finding, with the evidence for it.
package struct MailFinding<Value: Sendable & Equatable>: Sendable, Equatable {
    /// What was found.
    package let value: Value
    /// When, and under which id.
    package let evidence: MailEvidence

    /// Collects the parts.
    package init(_ value: Value, _ evidence: MailEvidence) {
        self.value = value
        self.evidence = evidence
    }
}

/// One copy of a message in a mailbox, without anything that was written in it.
package struct MailCopy: Sendable, Equatable {
    /// The immutable id.
    package let id: String
    /// The folder it lies in.
    package let folderID: String
    /// The sender's address in lower case; nil when it has none.
    package let sender: String?
    /// SHA-256 of the subject, in hexadecimal: subjects themselves are read and forgotten here.
    package let subjectHash: String
    /// When it was received; nil when the service does not say.
    package let receivedAt: Date?
    /// Whether it was read; nil when the service does not say.
    package let isRead: Bool?
    /// The follow-up flag as the service writes it; nil when it does not say.
    package let flag: JSONValue?
    /// The categories in their order; nil when the service does not say.
    package let categories: [String]?
    /// What changes with every change of the item; nil when the service does not say.
    package let tag: String?
    /// The properties of ours that were asked for and are there, by name.
    package let properties: [String: String]

    /// Reads a message of Graph; nil when it lacks its id or folder.
    init?(_ value: JSONValue) {
        guard let id = value["id"].string, let folder = value["parentFolderId"].string else { return nil }
        self.id = id
        self.folderID = folder
        self.sender = value["from"]["emailAddress"]["address"].string?.lowercased()
        let digest = SHA256.hash(data: Data((value["subject"].string ?? "").utf8))
        self.subjectHash = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        self.receivedAt = value["receivedDateTime"].string.flatMap { try? Date($0, strategy: .iso8601) }
        self.isRead = value["isRead"].bool
        self.flag = Self.flag(value["flag"])
        self.categories = value["categories"].strings
        self.tag = value["@odata.etag"].string
        self.properties = MailProperty.values(in: value["singleValueExtendedProperties"])
    }

    /// The flag without annotations and empty members, so that two writings of one flag are equal.
    private static func flag(_ value: JSONValue) -> JSONValue? {
        guard let members = value.object else { return nil }
        return .object(members.filter { !$0.key.contains("@odata") && $0.value != .null })
    }
}

/// A property of ours on a message or folder: `String {…} Name …`.
///
/// It travels with the message, is shown only to who asks for it by name, and cannot be listed (Microsoft Graph,
/// singleValueLegacyExtendedProperty). Names are case-sensitive.
package enum MailProperty {
    /// The property set that is ours alone.
    private static let prefix = "String {7d2f1c5e-94b0-4a6b-8d3e-51c0a7e4f816} Name "

    /// The id under which Graph knows the property.
    static func id(_ name: String) -> String { self.prefix + name }

    /// What `$expand` has to say to get properties along.
    static func expansion(_ names: [String]) -> String {
        let terms = names.map { "id eq \(MailText.quoted(self.id($0)))" }.joined(separator: " or ")
        return "singleValueExtendedProperties($filter=\(terms))"
    }

    /// Properties as a message or folder is given them.
    static func list(_ values: [String: String]) -> JSONValue {
        .array(
            values.sorted { $0.key < $1.key }.map {
                .object(["id": .string(self.id($0.key)), "value": .string($0.value)])
            }
        )
    }

    /// The properties of ours among those of a message or folder, by name.
    static func values(in list: JSONValue) -> [String: String] {
        (list.array ?? []).reduce(into: [:]) { values, entry in
            guard let id = entry["id"].string, let value = entry["value"].string,
                id.lowercased().hasPrefix(self.prefix.lowercased())
            else { return }
            values[String(id.dropFirst(self.prefix.count))] = value
        }
    }
}

/// A folder of a mailbox.
package struct MailFolder: Sendable, Equatable {
    /// Its id, which never changes.
    package let id: String
    /// What its owner calls it.
    package let name: String
    /// The folder it lies in.
    package let parentID: String?
    /// Whether people do not see it; nil when the service does not say.
    package let isHidden: Bool?
    /// Whether it was made as a quarantine, whatever it is called and wherever it lies now.
    package internal(set) var isQuarantine: Bool

    /// Reads a folder of Graph; nil when it lacks its id or name.
    init?(_ value: JSONValue) {
        guard let id = value["id"].string, let name = value["displayName"].string else { return nil }
        self.id = id
        self.name = name
        self.parentID = value["parentFolderId"].string
        self.isHidden = value["isHidden"].bool
        self.isQuarantine = MailProperty.values(in: value["singleValueExtendedProperties"])[Self.mark] != nil
    }

    /// The property that only quarantines have.
    static let mark = "Quarantine"
}

/// A user as the directory shows it.
package struct MailUser: Sendable, Equatable {
    /// The object id, in lower case.
    package let id: String
    /// Every address that reaches the user, and the sign-in name, in lower case.
    package let addresses: Set<String>
    /// Whether the user is a guest, whose mailbox is another tenant's.
    package let isGuest: Bool
    /// When the user was made; nil when Graph does not say.
    package let createdAt: Date?

    /// Reads a user of Graph; nil when it lacks its id.
    init?(_ value: JSONValue) {
        guard let id = value["id"].string else { return nil }
        self.id = id.lowercased()
        let proxies = (value["proxyAddresses"].strings ?? []).compactMap { address -> String? in
            address.lowercased().hasPrefix("smtp:") ? String(address.dropFirst(5)) : nil
        }
        let names = [value["userPrincipalName"].string, value["mail"].string].compactMap { $0 }
        self.addresses = Set((proxies + names).map { $0.lowercased() })
        self.isGuest = value["userType"].string?.lowercased() == "guest"
        self.createdAt = value["createdDateTime"].string.flatMap { try? Date($0, strategy: .iso8601) }
    }
}

/// What a change sets on a message; what is nil stays as it is.
package struct MailChange: Sendable, Equatable {
    /// Whether it was read.
    package var isRead: Bool?
    /// The follow-up flag as ``MailCopy/flag`` gave it.
    package var flag: JSONValue?
    /// The categories.
    package var categories: [String]?
    /// Properties of ours, by name.
    package var properties: [String: String]

    /// Sets properties, and nothing else yet.
    package init(properties: [String: String]) { self.properties = properties }

    var body: JSONValue {
        var members: [String: JSONValue] = [:]
        if let isRead { members["isRead"] = .bool(isRead) }
        if let flag { members["flag"] = flag }
        if let categories { members["categories"] = .array(categories.map { .string($0) }) }
        if !self.properties.isEmpty {
            members["singleValueExtendedProperties"] = MailProperty.list(self.properties)
        }
        return .object(members)
    }
}
