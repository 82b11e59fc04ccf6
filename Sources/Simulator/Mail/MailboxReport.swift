import Foundation

/// What lies in one mailbox, the truth without any delay.
package struct MailboxReport: Codable, Sendable, Equatable {
    /// The owner's object id.
    package let id: String
    /// The owner's sign-in name.
    package let userPrincipalName: String
    /// Every folder that is not one of the standard ones.
    package let folders: [Folder]
    /// Every copy, by immutable id.
    package let items: [Item]

    /// A folder that somebody made.
    package struct Folder: Codable, Sendable, Equatable {
        /// Its id.
        package let id: String
        /// Display names from the top.
        package let path: String
        /// Whether it is hidden itself.
        package let isHidden: Bool
    }

    /// One copy of a message.
    package struct Item: Codable, Sendable, Equatable {
        /// The immutable id.
        package let id: String
        /// With its angle brackets.
        package let internetMessageID: String
        /// Display names from the top.
        package let folder: String
        /// The id of that folder.
        package let folderID: String
        /// As the user sees it.
        package let isRead: Bool
        /// As Graph writes it.
        package let flag: JSONValue
        /// In their order.
        package let categories: [String]
        /// As Graph writes it.
        package let receivedDateTime: String
        /// Extended properties by id.
        package let properties: [String: String]

        /// The same without the extended properties, which a restore may leave behind.
        package var withoutProperties: Item {
            Item(
                id: id,
                internetMessageID: internetMessageID,
                folder: folder,
                folderID: folderID,
                isRead: isRead,
                flag: flag,
                categories: categories,
                receivedDateTime: receivedDateTime,
                properties: [:]
            )
        }
    }

    init(_ mailbox: Mailbox, _ owner: MailboxOwner, _ contents: [MailContent]) {
        id = owner.id.uuidString.lowercased()
        userPrincipalName = owner.userPrincipalName
        folders = mailbox.ownFolders.map {
            Folder(
                id: MailIdentifier.folder($0.serial).text(owner: owner.id),
                path: mailbox.path($0.serial),
                isHidden: $0.isHidden
            )
        }
        items = mailbox.items.map { item in
            Item(
                id: MailIdentifier.immutable(serial: item.serial).text(owner: owner.id),
                internetMessageID: contents[item.content].internetMessageID,
                folder: mailbox.path(item.folder),
                folderID: MailIdentifier.folder(item.folder).text(owner: owner.id),
                isRead: item.isRead,
                flag: item.flag.json,
                categories: item.categories,
                receivedDateTime: mailTime(contents[item.content].receivedAt),
                properties: item.properties
            )
        }.sorted { $0.id < $1.id }
    }
}

/// A mailbox whose copies are not what they were at the start.
package struct MailboxDifference: Codable, Sendable, Equatable {
    /// The owner's sign-in name.
    package let userPrincipalName: String
    /// The copies that were otherwise, without their extended properties.
    package let before: [MailboxReport.Item]
    /// What became of them, and what is new.
    package let after: [MailboxReport.Item]
}

/// Where the copies of a message lie.
package struct MessageCensus: Codable, Sendable, Equatable {
    /// The mailboxes with at least one copy.
    package let mailboxes: Int
    /// All copies.
    package let copies: Int
    /// Copies by the path of their folder.
    package let folders: [String: Int]
}
