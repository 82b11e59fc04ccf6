import Foundation

/// What lies in one mailbox.
struct Mailbox: Sendable, Equatable {
    /// The owner's object id.
    let owner: UUID
    /// The folders that somebody made, oldest first.
    private(set) var ownFolders: [MailFolder] = []
    /// The copies, in no order that means anything.
    var items: [MailItem] = []
    private var nextFolder = MailFolder.firstOwn
    private var nextItem: UInt32 = 1

    init(owner: UUID) { self.owner = owner }

    // MARK: Folders

    func folder(_ serial: UInt32) -> MailFolder? {
        if Int(serial) < MailFolder.standard.count { return MailFolder.standard[Int(serial)] }
        return ownFolders.first { $0.serial == serial }
    }

    /// The folder with that id or well-known name.
    func folder(named name: String) -> MailFolder? {
        if let serial = MailFolder.wellKnown(name) { return folder(serial) }
        guard case .folder(let serial) = MailIdentifier(name, owner: owner) else { return nil }
        return folder(serial)
    }

    func children(of serial: UInt32) -> [MailFolder] {
        (MailFolder.standard + ownFolders).filter { $0.parent == serial }
    }

    /// Display names are compared without regard to case, as the store does.
    func child(of serial: UInt32, called name: String) -> MailFolder? {
        children(of: serial).first { $0.name.lowercased() == name.lowercased() }
    }

    /// The caller has checked that the parent is there and the name is free.
    mutating func addFolder(_ name: String, in parent: UInt32, isHidden: Bool, at time: Double) -> MailFolder {
        let folder = MailFolder(serial: nextFolder, name: name, parent: parent, isHidden: isHidden, createdAt: time)
        nextFolder += 1
        ownFolders.append(folder)
        return folder
    }

    /// Changes a folder that somebody made; false for any other.
    mutating func changeFolder(_ serial: UInt32, _ change: (inout MailFolder) -> Void) -> Bool {
        guard let index = ownFolders.firstIndex(where: { $0.serial == serial }) else { return false }
        change(&ownFolders[index])
        return true
    }

    /// Takes a folder away for good, with everything in it.
    mutating func removeFolder(_ serial: UInt32) {
        let gone = ownFolders.filter { lies($0.serial, in: serial) }.map(\.serial)
        items.removeAll { gone.contains($0.folder) }
        ownFolders.removeAll { gone.contains($0.serial) }
    }

    /// Display names from the top, joined by slashes; the root itself is empty.
    func path(_ serial: UInt32) -> String {
        var names: [String] = []
        var current = folder(serial)
        while let folder = current, folder.serial != MailFolder.root {
            names.insert(folder.name, at: 0)
            current = folder.parent.flatMap { self.folder($0) }
        }
        return names.joined(separator: "/")
    }

    /// Finds a path of display names or a well-known name, making what is missing.
    mutating func makePath(_ path: String) -> UInt32 {
        var current = MailFolder.root
        for name in path.split(separator: "/").map(String.init) {
            if current == MailFolder.root, let serial = MailFolder.wellKnown(name) {
                current = serial
            } else {
                current =
                    child(of: current, called: name)?.serial
                    ?? addFolder(name, in: current, isHidden: false, at: 0).serial
            }
        }
        return current
    }

    /// Whether a folder is another one or lies somewhere in it.
    func lies(_ serial: UInt32, in ancestor: UInt32) -> Bool {
        var current: UInt32? = serial
        while let one = current {
            if one == ancestor { return true }
            current = folder(one)?.parent
        }
        return false
    }

    /// Whether a folder or one above it is hidden.
    func isHidden(_ serial: UInt32) -> Bool {
        var current = folder(serial)
        while let folder = current {
            if folder.isHidden { return true }
            current = folder.parent.flatMap { self.folder($0) }
        }
        return false
    }

    // MARK: Messages

    @discardableResult
    mutating func addItem(_ content: Int, in folder: UInt32, _ fill: (inout MailItem) -> Void) -> MailItem {
        var item = MailItem(serial: nextItem, content: content, folder: folder)
        nextItem += 1
        fill(&item)
        items.append(item)
        return item
    }

    func item(_ serial: UInt32) -> MailItem? { items.first { $0.serial == serial } }

    mutating func change(_ serial: UInt32, _ change: (inout MailItem) -> Void) {
        guard let index = items.firstIndex(where: { $0.serial == serial }) else { return }
        change(&items[index])
        items[index].version += 1
    }

    mutating func remove(_ serial: UInt32) { items.removeAll { $0.serial == serial } }

    /// A second copy with an id of its own, everything else the same.
    mutating func duplicate(_ item: MailItem, in folder: UInt32) -> MailItem {
        addItem(item.content, in: folder) {
            $0.isRead = item.isRead
            $0.flag = item.flag
            $0.categories = item.categories
            $0.properties = item.properties
        }
    }

    /// Puts a copy into another folder; lists may see it where it was for a while.
    mutating func move(_ serial: UInt32, to folder: UInt32, listsLagUntil: Date?) {
        change(serial) { item in
            item.lag = listsLagUntil.map { MailItem.Lag(item, until: $0) }
            item.folder = folder
            item.place += 1
        }
    }
}
