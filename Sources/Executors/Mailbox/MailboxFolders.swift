import JobModel
import Microsoft365

/// The folders of one mailbox, as far as they were read: where the quarantine is, and what the path of a folder is.
struct MailboxFolders: Sendable, Equatable {
    /// What the quarantine is called; it is hidden, lies at the top of the mailbox and bears a mark of ours, by which it is
    /// known when somebody has renamed it.
    static let quarantineName = "Sluice quarantine"
    /// What it is called where folders of the mailbox's owner have those names.
    static let quarantineNames = [quarantineName] + (2...9).map { "\(quarantineName) \($0)" }
    /// How deep a folder may lie: Exchange allows 300 levels, people use five.
    static let depthMax = 30

    /// Where the knowledge of a quarantine comes from.
    enum Source {
        /// This job has listed the mailbox's folders.
        case list
        /// This job has looked at the folder that an earlier one knew.
        case look
        /// An earlier job has seen it a moment ago.
        case memory
        /// An earlier job has seen it: somebody may have thrown it away since.
        case oldMemory
    }

    private var known: [String: MailFolder]
    /// The mailbox's root, which is never read itself: the folders at the top lie in it.
    let root: String?
    /// The quarantine; nil when the mailbox has none yet, or its list does not show it yet.
    private(set) var quarantine: MailFolder?
    /// Where the knowledge comes from that the quarantine lies where it does.
    private(set) var source = Source.list

    init(top: [MailFolder]) {
        self.known = Dictionary(top.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.root = top.first?.parentID
        // One that was thrown away and made anew has a namesake somewhere else; at the top there is one, or a renamed one.
        let ours = top.filter(\.isOurs)
        self.quarantine = ours.first { $0.name == Self.quarantineName } ?? ours.first
    }

    /// The folders at the top.
    var top: [MailFolder] { self.known.values.filter { $0.parentID == self.root } }

    /// What is worth keeping of a mailbox, which may have hundreds of folders: its quarantine, and the way to some others; all
    /// of it while a way is not known.
    func brief(for folders: Set<String>) -> MailboxFolders {
        guard folders.allSatisfy({ self.missing(above: $0) == nil }) else { return self }
        var brief = self
        let ways = folders.flatMap { self.path(of: $0) ?? [] }.map(\.id)
        brief.known = self.known.filter { ways.contains($0.key) }
        if let quarantine = brief.quarantine { brief.known[quarantine.id] = quarantine }
        return brief
    }

    /// The same, as a later job remembers it.
    func remembered(asOld isOld: Bool) -> MailboxFolders {
        var later = self
        later.source = isOld ? .oldMemory : .memory
        return later
    }

    /// The quarantines at the top.
    var quarantines: [MailFolder] { self.top.filter(\.isOurs) }

    /// Notes that a remembered quarantine is where it was.
    mutating func confirm() { self.source = .look }

    /// Whether a folder is a quarantine, the present one or one that somebody threw away; nil when it was not read.
    func isQuarantine(_ id: String) -> Bool? { self.known[id].map(\.isOurs) }

    /// A folder read, or made, since.
    mutating func learn(_ folder: MailFolder) {
        self.known[folder.id] = folder
        if folder.isOurs, folder.parentID == self.root, self.quarantine == nil { self.quarantine = folder }
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

extension MailFolder {
    /// Whether it is a quarantine of ours: it bears our mark, or has one of our names and is hidden, as no folder is that
    /// people make; a folder of theirs is none, whatever it is called.
    var isOurs: Bool {
        let names = MailboxFolders.quarantineNames.map { $0.lowercased() }
        return self.isQuarantine || self.isHidden == true && names.contains(self.name.lowercased())
    }
}
