/// A folder of a mailbox.
struct MailFolder: Sendable, Equatable {
    /// What makes it itself: it never changes, and its id is made of it.
    let serial: UInt32
    var name: String
    /// The serial of the folder it lies in; nil at the two roots.
    var parent: UInt32?
    let isHidden: Bool
    /// In seconds since 1970; lists show it only some time after.
    var createdAt: Double = 0
    /// Extended properties by their full id, the GUID in lower case.
    var properties: [String: String] = [:]

    /// Every mailbox has these; their serials are their places here (Graph reference, mailFolder, well-known names).
    static let standard: [MailFolder] = [
        MailFolder(serial: 0, name: "Top of Information Store", parent: nil, isHidden: false),
        MailFolder(serial: 1, name: "Inbox", parent: 0, isHidden: false),
        MailFolder(serial: 2, name: "Drafts", parent: 0, isHidden: false),
        MailFolder(serial: 3, name: "Sent Items", parent: 0, isHidden: false),
        MailFolder(serial: 4, name: "Deleted Items", parent: 0, isHidden: false),
        MailFolder(serial: 5, name: "Junk Email", parent: 0, isHidden: false),
        MailFolder(serial: 6, name: "Archive", parent: 0, isHidden: false),
        MailFolder(serial: 7, name: "Outbox", parent: 0, isHidden: false),
        MailFolder(serial: 8, name: "Conversation History", parent: 0, isHidden: false),
        MailFolder(serial: 9, name: "Sync Issues", parent: 0, isHidden: true),
        MailFolder(serial: 10, name: "Deletions", parent: nil, isHidden: true),
    ]

    static let root: UInt32 = 0
    static let inbox: UInt32 = 1
    static let deletedItems: UInt32 = 4
    static let junk: UInt32 = 5
    /// What the user sees as "Recover deleted items"; outside the tree that lists cover.
    static let recoverable: UInt32 = 10
    /// Folders that somebody made begin here.
    static let firstOwn: UInt32 = 100

    private static let wellKnown: [String: UInt32] = [
        "msgfolderroot": 0, "inbox": 1, "drafts": 2, "sentitems": 3, "deleteditems": 4, "junkemail": 5, "archive": 6,
        "outbox": 7, "conversationhistory": 8, "syncissues": 9, "recoverableitemsdeletions": 10,
    ]

    /// The standard folder of that well-known name, in any case.
    static func wellKnown(_ name: String) -> UInt32? { wellKnown[name.lowercased()] }
}
