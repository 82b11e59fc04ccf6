package import Foundation

/// One thing that became different in a mailbox.
package struct MailEffect: Codable, Sendable, Equatable {
    /// What happened to a copy or to a folder.
    package enum Action: String, Codable, Sendable {
        case moved, copied, changed, deleted
        case folderCreated = "folder-created"
        case folderChanged = "folder-changed"
        case folderDeleted = "folder-deleted"
    }

    /// Counts from 1 in each tenant.
    package let number: Int
    /// Simulated time.
    package let time: Date
    /// The tenant's GUID.
    package let tenant: String
    /// The owner's object id.
    package let mailbox: String
    /// What happened.
    package let action: Action
    /// The immutable id of the copy, or the id of the folder.
    package let id: String
    /// The path of the folder before, where there was one.
    package let from: String?
    /// The path of the folder afterwards, where there is one.
    package let to: String?
    /// The client id of the application, or `user`.
    package let by: String

    /// The part that the operation knows.
    struct Note: Sendable, Equatable {
        let action: Action
        let id: String
        var from: String?
        var to: String?
    }

    init(number: Int, time: Date, tenant: String, mailbox: String, note: Note, by: String) {
        self.number = number
        self.time = time
        self.tenant = tenant
        self.mailbox = mailbox
        action = note.action
        id = note.id
        from = note.from
        to = note.to
        self.by = by
    }
}
