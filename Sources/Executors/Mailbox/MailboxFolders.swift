import JobModel
import Microsoft365

/// The folders of one mailbox, as far as they were read: where the quarantine is, and what the path of a folder is.
struct MailboxFolders: Sendable {
    /// What the quarantine is called; it is hidden, and lies at the top of the mailbox.
    static let quarantineName = "Sluice quarantine"
    /// How deep a folder may lie: Exchange allows 300 levels, people use five.
    static let depthMax = 30

    private var known: [String: MailFolder]
    /// The mailbox's root, which is never read itself: the folders at the top lie in it.
    let root: String?
    /// The quarantine; nil when the mailbox has none yet, or its list does not show it yet.
    private(set) var quarantine: MailFolder?

    init(top: [MailFolder]) {
        self.known = Dictionary(top.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.root = top.first?.parentID
        self.quarantine = top.first { $0.name == Self.quarantineName }
    }

    /// Whether something may lie in the quarantine.
    var mayHoldCopies: Bool { self.quarantine.map { $0.count != 0 } ?? false }

    /// A folder read, or made, since.
    mutating func learn(_ folder: MailFolder) {
        self.known[folder.id] = folder
        if folder.name == Self.quarantineName, self.quarantine == nil { self.quarantine = folder }
    }

    /// The path of a folder from the top; nil when a folder of it is still to be read.
    func path(of id: String) -> [FolderName]? {
        var path: [FolderName] = []
        var next: String? = id
        while let id = next, path.count < Self.depthMax, !self.isRoot(id) {
            guard let folder = self.known[id] else { return nil }
            path.insert(FolderName(id: folder.id, name: folder.name), at: 0)
            next = folder.parentID == folder.id ? nil : folder.parentID
        }
        return path
    }

    /// Whether a folder lies among those that people see; nil when that cannot be told before `missing` is read.
    ///
    /// Recoverable items lie beside, not below, the mailbox's root.
    func isVisible(_ id: String) -> Bool? {
        var next: String? = id
        for _ in 0..<Self.depthMax {
            guard let id = next else { return false }
            if self.isRoot(id) { return true }
            guard let folder = self.known[id] else { return nil }
            next = folder.parentID == folder.id ? nil : folder.parentID
        }
        return false
    }

    /// The first folder on the way up from `id` that was not read; nil when the path is known.
    func missing(above id: String) -> String? {
        var next: String? = id
        for _ in 0..<Self.depthMax {
            guard let id = next, !self.isRoot(id) else { return nil }
            guard let folder = self.known[id] else { return id }
            next = folder.parentID == folder.id ? nil : folder.parentID
        }
        return nil
    }

    private func isRoot(_ id: String) -> Bool { self.root == id }
}
