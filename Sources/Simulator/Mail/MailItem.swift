import Foundation

/// What all copies of a message have in common.
struct MailContent: Sendable, Equatable {
    let internetMessageID: String
    let subject: String
    let from: String
    let receivedAt: Date
}

/// One copy of a message in a mailbox.
struct MailItem: Sendable, Equatable {
    /// What makes it itself; the immutable id is made of it.
    let serial: UInt32
    /// Which message it is, in the tenant's list.
    let content: Int
    var folder: UInt32
    /// Changes with every move; the regular id is made of it.
    var place: UInt32 = 1
    /// Changes with every change.
    var version: UInt32 = 1
    var isRead = false
    var flag = MailFlag()
    var categories: [String] = []
    /// Extended properties by their full id, the GUID in lower case.
    var properties: [String: String] = [:]
    /// Whether the store cannot read it: lists show it, and every call on it fails.
    var isDamaged = false
    /// What lists still say; nil when they say the truth.
    var lag: Lag?

    /// What lists show of the copy until they have caught up: all of it as it was, what it is known by included.
    struct Lag: Sendable, Equatable {
        let folder: UInt32
        let place: UInt32
        let version: UInt32
        let isRead: Bool
        let flag: MailFlag
        let categories: [String]
        let properties: [String: String]
        let until: Date

        init(_ item: MailItem, until: Date) {
            folder = item.folder
            place = item.place
            version = item.version
            isRead = item.isRead
            flag = item.flag
            categories = item.categories
            properties = item.properties
            self.until = until
        }
    }

    /// The copy as a list sees it.
    func asListed(_ now: Date) -> MailItem {
        guard let lag, now < lag.until else { return self }
        var listed = self
        listed.folder = lag.folder
        listed.place = lag.place
        listed.version = lag.version
        listed.isRead = lag.isRead
        listed.flag = lag.flag
        listed.categories = lag.categories
        listed.properties = lag.properties
        return listed
    }
}

/// A follow-up flag.
struct MailFlag: Sendable, Equatable {
    var status = "notFlagged"
    /// `startDateTime`, `dueDateTime` and `completedDateTime` as they were set.
    var dates: [String: JSONValue] = [:]

    static let statuses = ["notFlagged", "flagged", "complete"]

    var json: JSONValue { .object(dates.merging(["flagStatus": .text(status)]) { $1 }) }
}
