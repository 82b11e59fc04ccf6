import Foundation

/// Folders: listed, made, renamed, removed.
extension MailOperation {
    private static let pageSize = 10

    /// One level only; hidden folders when asked for, new ones when lists have caught up.
    func listFolders(_ mailbox: Mailbox, in parent: UInt32) throws(GraphError) -> Reply {
        let showsHidden = call.query("includeHiddenFolders")?.lowercased() == "true"
        var found = mailbox.children(of: parent).filter { folder in
            (showsHidden || !folder.isHidden)
                // To the millisecond, as lists of copies and of folders are to catch up with the same moment together.
                && folder.createdAt + moment.delays.mailListSeconds <= moment.now.timeIntervalSince1970 + 0.001
        }
        if let text = call.query("$filter") {
            let name = try displayName(text)
            found = found.filter { $0.name.lowercased() == name.lowercased() }
        }
        let selection = try selection(MailOperation.folderProperties)
        var objects: [JSONValue] = []
        for folder in found { objects.append(try json(folder, mailbox, selection)) }
        let context = "users('\(mailbox.owner.uuidString.lowercased())')/mailFolders"
        var page = GraphPage(call: call, size: MailOperation.pageSize, now: moment.now)
        page.isShort = moment.switches.mailPagesAreShort
        return try page.reply(objects, context: context)
    }

    private func displayName(_ filter: String) throws(GraphError) -> String {
        let tokens = ODataToken.parse(filter) ?? []
        guard tokens.count == 3, tokens[0] == .word("displayName"), tokens[1] == .word("eq"),
            case .text(let name) = tokens[2]
        else {
            throw GraphError(
                status: 400,
                code: "ErrorInvalidUrlQueryFilter",
                message: "The query filter contains one or more invalid nodes."
            )
        }
        return name
    }

    /// `isHidden` can be set here and nowhere else.
    func createFolder(
        _ mailbox: inout Mailbox,
        in parent: UInt32,
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let members = try body(["displayName", "isHidden", "singleValueExtendedProperties"])
        guard let name = members["displayName"]?.text, !name.isEmpty else {
            throw GraphError(status: 400, code: "ErrorInvalidRequest", message: "The folder needs a displayName.")
        }
        guard members["isHidden"] == nil || members["isHidden"]?.flag != nil else {
            throw GraphError(status: 400, code: "RequestBodyRead", message: "The value of 'isHidden' is no Boolean.")
        }
        guard mailbox.child(of: parent, called: name) == nil else { throw .folderExists }
        let properties = try members["singleValueExtendedProperties"].map(ExtendedProperty.values) ?? [:]
        let folder = mailbox.addFolder(
            name,
            in: parent,
            isHidden: members["isHidden"]?.flag ?? false,
            at: moment.now.timeIntervalSince1970
        )
        _ = mailbox.changeFolder(folder.serial) { $0.properties = properties }
        notes.effects.append(mailbox.note(.folderCreated, folder.serial))
        return .json(201, .object(json(folder, mailbox)), changed: true)
    }

    func renameFolder(_ mailbox: inout Mailbox, _ notes: inout MailNotes) throws(GraphError) -> Reply {
        let folder = try folder(mailbox)
        guard let name = try body(["displayName"])["displayName"]?.text, !name.isEmpty else {
            throw GraphError(status: 400, code: "ErrorInvalidRequest", message: "The folder needs a displayName.")
        }
        if let other = mailbox.child(of: folder.parent ?? MailFolder.root, called: name), other != folder {
            throw .folderExists
        }
        guard mailbox.changeFolder(folder.serial, { $0.name = name }) else { throw distinguished }
        notes.effects.append(mailbox.note(.folderChanged, folder.serial))
        return .json(200, .object(json(try self.folder(mailbox), mailbox)), changed: true)
    }

    func deleteFolder(_ mailbox: inout Mailbox, _ notes: inout MailNotes) throws(GraphError) -> Reply {
        let folder = try folder(mailbox)
        guard folder.serial >= MailFolder.firstOwn else { throw distinguished }
        notes.effects.append(mailbox.note(.folderDeleted, folder.serial))
        mailbox.removeFolder(folder.serial)
        return .empty(204, changed: true)
    }

    private var distinguished: GraphError {
        GraphError(
            status: 400,
            code: "ErrorDeleteDistinguishedFolder",
            message: "Distinguished folders cannot be changed or deleted."
        )
    }

    static let folderProperties: Set<String> = [
        "id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "sizeInBytes",
        "isHidden",
    ]

    /// One folder, with what `$select` and `$expand` ask for.
    func json(_ folder: MailFolder, _ mailbox: Mailbox, _ selection: Set<String>?) throws(GraphError) -> JSONValue {
        var members = json(folder, mailbox).filter { selection?.contains($0.key) ?? true || $0.key == "id" }
        let properties = try ExtendedProperty.json(folder.properties, call.query("$expand"))
        if let properties { members["singleValueExtendedProperties"] = properties }
        return .object(members)
    }

    private func json(_ folder: MailFolder, _ mailbox: Mailbox) -> [String: JSONValue] {
        let items = mailbox.items.filter { $0.folder == folder.serial }
        return [
            "id": .text(MailIdentifier.folder(folder.serial).text(owner: mailbox.owner)),
            "displayName": .text(folder.name),
            "parentFolderId": .text(
                MailIdentifier.folder(folder.parent ?? folder.serial).text(owner: mailbox.owner)
            ),
            "childFolderCount": .integer(mailbox.children(of: folder.serial).filter { !$0.isHidden }.count),
            "unreadItemCount": .integer(items.filter { !$0.isRead }.count),
            "totalItemCount": .integer(items.count), "sizeInBytes": .integer(items.count * 4096),
            "isHidden": .flag(folder.isHidden),
        ]
    }
}
