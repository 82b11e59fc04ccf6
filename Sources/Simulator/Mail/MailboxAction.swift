import Foundation

/// Something the user of a mailbox does on his own, in Outlook.
///
/// Written as an object with `action` and the keys that action reads:
///
/// | action | keys | effect |
/// |---|---|---|
/// | `move` | `folder` | the copies go there; missing folders are made |
/// | `delete` | | to Deleted Items |
/// | `purge` | | out of what lists show, into recoverable items |
/// | `edit` | `isRead`, `flagStatus`, `categories` | what is given is set |
/// | `damage` | | the store cannot read the copies any more: lists show them, every call on one answers 500 `ErrorCorruptData` |
/// | `duplicate` | | a second copy of each in the same folder |
/// | `create-folder` | `folder` | all of the path that is missing |
/// | `rename-folder` | `folder`, `name` | the last part of the path |
/// | `move-folder` | `folder`, `into` | under another folder |
/// | `delete-folder` | `folder` | into Deleted Items, as Outlook does |
/// | `purge-folder` | `folder` | gone, with everything in it |
/// | `set-state` | `state` | see ``ScenarioMailboxState`` |
///
/// The copies are those of `internetMessageID`, or the one with that immutable `id`; in a fault rule, the one the call
/// speaks of; else all there are.
package struct MailboxAction: Codable, Sendable, Equatable {
    /// The actions.
    package enum Name: String, Codable, Sendable, CaseIterable {
        case move, delete, purge, edit, damage, duplicate
        case createFolder = "create-folder"
        case renameFolder = "rename-folder"
        case moveFolder = "move-folder"
        case deleteFolder = "delete-folder"
        case purgeFolder = "purge-folder"
        case setState = "set-state"
    }

    /// What is done.
    ///
    /// Required.
    package var action: Name
    /// The immutable id of one copy.
    package var id: String?
    /// The Message-ID with its angle brackets.
    package var internetMessageID: String?
    /// A path of display names, the first of which may be a well-known name.
    package var folder: String?
    /// The folder to move a folder into.
    package var into: String?
    /// The new name of a folder.
    package var name: String?
    /// The read state to set.
    package var isRead: Bool?
    /// The flag to set.
    package var flagStatus: String?
    /// The categories to set.
    package var categories: [String]?
    /// The state to set.
    package var state: ScenarioMailboxState?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case action, id, internetMessageID, folder, into, name, isRead, flagStatus, categories, state
    }

    /// An action with no further keys.
    package init(_ action: Name, folder: String? = nil, internetMessageID: String? = nil) {
        self.action = action
        self.folder = folder
        self.internetMessageID = internetMessageID
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        action = try fields.require(.action)
        try fields.read(.id, into: &id)
        try fields.read(.internetMessageID, into: &internetMessageID)
        try fields.read(.folder, into: &folder)
        try fields.read(.into, into: &into)
        try fields.read(.name, into: &name)
        try fields.read(.isRead, into: &isRead)
        try fields.read(.flagStatus, into: &flagStatus)
        try fields.read(.categories, into: &categories)
        try fields.read(.state, into: &state)
    }
}

extension Mailbox {
    /// Carries out what the user does.
    ///
    /// Lists show at once what went elsewhere, for the user's own client changed them; an edit as late as anything.
    mutating func perform(
        _ action: MailboxAction,
        _ contents: [MailContent],
        listsLagUntil: Date?
    ) throws(SimulatorError) -> [MailEffect.Note] {
        let chosen = items.filter { item in
            if let id = action.id { return MailIdentifier.immutable(serial: item.serial).text(owner: owner) == id }
            return action.internetMessageID.map { contents[item.content].internetMessageID == $0 } ?? true
        }
        switch action.action {
        case .move: return move(chosen, to: makePath(try folderName(action)))
        case .delete: return move(chosen, to: MailFolder.deletedItems)
        case .purge: return move(chosen, to: MailFolder.recoverable)
        case .edit: return chosen.map { edit($0, action, listsLagUntil) }
        case .damage:
            for item in chosen { change(item.serial) { $0.isDamaged = true } }
            return []
        case .duplicate:
            return chosen.map { note(.copied, duplicate($0, in: $0.folder), from: $0.folder, to: $0.folder) }
        case .createFolder: return [note(.folderCreated, makePath(try folderName(action)))]
        case .renameFolder, .moveFolder, .deleteFolder, .purgeFolder: return try changeFolder(action)
        case .setState: return []
        }
    }

    func note(_ action: MailEffect.Action, _ item: MailItem, from: UInt32, to: UInt32) -> MailEffect.Note {
        MailEffect.Note(
            action: action,
            id: MailIdentifier.immutable(serial: item.serial).text(owner: owner),
            from: path(from),
            to: path(to)
        )
    }

    func note(_ action: MailEffect.Action, _ folder: UInt32) -> MailEffect.Note {
        MailEffect.Note(action: action, id: MailIdentifier.folder(folder).text(owner: owner), to: path(folder))
    }

    private mutating func move(_ chosen: [MailItem], to folder: UInt32) -> [MailEffect.Note] {
        for item in chosen { move(item.serial, to: folder, listsLagUntil: nil) }
        return chosen.map { note(.moved, $0, from: $0.folder, to: folder) }
    }

    private mutating func edit(_ item: MailItem, _ action: MailboxAction, _ lag: Date?) -> MailEffect.Note {
        change(item.serial) {
            $0.lag = lag.map { MailItem.Lag(item, until: $0) }
            if let isRead = action.isRead { $0.isRead = isRead }
            if let status = action.flagStatus { $0.flag = MailFlag(status: status) }
            if let categories = action.categories { $0.categories = categories }
        }
        return note(.changed, item, from: item.folder, to: item.folder)
    }

    private mutating func changeFolder(_ action: MailboxAction) throws(SimulatorError) -> [MailEffect.Note] {
        let before = self
        let serial = makePath(try folderName(action))
        guard before == self, serial >= MailFolder.firstOwn else {
            throw SimulatorError(code: .badControlRequest, detail: "no folder of the user's own is called so")
        }
        let told = note(action.action == .purgeFolder ? .folderDeleted : .folderChanged, serial)
        if action.action == .purgeFolder {
            removeFolder(serial)
            return [told]
        }
        let parent = action.action == .deleteFolder ? MailFolder.deletedItems : action.into.map { makePath($0) }
        _ = changeFolder(serial) {
            $0.name = action.name ?? $0.name
            $0.parent = parent ?? $0.parent
        }
        return [told]
    }

    private func folderName(_ action: MailboxAction) throws(SimulatorError) -> String {
        guard let folder = action.folder, !folder.isEmpty else {
            throw SimulatorError(code: .badControlRequest, detail: "the key 'folder' is missing")
        }
        return folder
    }
}
