import Foundation

/// One call of Graph on one mailbox, decided against what lies in it.
struct MailOperation: Sendable {
    let route: MailRoute
    let call: Call
    let moment: Moment
    /// Whether the mailbox keeps what is replaced.
    var isOnHold = false

    /// Refuses when the mailbox's state does.
    func admit(_ state: ScenarioMailboxState, since: Date) throws(GraphError) {
        switch state.state {
        case .normal, .slow, .onHold: return
        case .noLicence, .onPremises, .inactive: throw .noMailbox
        case .new: if moment.now < since.addingTimeInterval(state.seconds) { throw .noMailbox }
        case .softDeleted: throw .invalidUser(route.owner)
        case .blocked: throw .blockedByPolicy
        case .broken: throw .internalError
        case .moving:
            throw GraphError(status: 503, code: "ErrorMailboxMoveInProgress", message: "Mailbox move in progress.")
        case .silent: throw GraphError(status: 503, code: "", message: "")
        case .staleByName:
            guard UUID(uuidString: route.owner) == nil else { return }
            throw GraphError(status: 503, code: "MailboxInfoStale", message: "Mailbox info is stale.")
        case .corrupt:
            guard route.message != nil else { return }
            throw .corruptData
        case .full: if needsRoom { throw .quotaExceeded }
        }
    }

    /// Whether the mailbox would hold more afterwards, or the service has to make a copy on the way.
    private var needsRoom: Bool {
        switch route.kind {
        case .moveMessage, .copyMessage, .createFolder, .createChildFolder: true
        case .updateMessage:
            (try? JSONValue(parsing: call.body))?.object?["singleValueExtendedProperties"] != nil
        case .listMessages, .getMessage, .deleteMessage, .listFolders, .getFolder, .updateFolder, .deleteFolder,
            .listChildFolders, .listFolderMessages:
            false
        }
    }

    /// Carries the call out.
    func answer(
        _ mailbox: inout Mailbox,
        _ contents: [MailContent],
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        try refuseUnknownOptions()
        switch route.kind {
        case .listMessages, .listFolderMessages: return try listMessages(mailbox, contents, &notes)
        case .getMessage:
            let item = try item(mailbox, &notes)
            return withPreference(.json(200, try message(item, mailbox, contents)))
        case .updateMessage: return try updateMessage(&mailbox, contents, &notes)
        case .deleteMessage: return try deleteMessage(&mailbox, &notes)
        case .moveMessage: return try moveMessage(&mailbox, contents, &notes)
        case .copyMessage: return try copyMessage(&mailbox, contents, &notes)
        case .listFolders: return try listFolders(mailbox, in: MailFolder.root)
        case .listChildFolders: return try listFolders(mailbox, in: try folder(mailbox).serial)
        case .createFolder: return try createFolder(&mailbox, in: MailFolder.root, &notes)
        case .createChildFolder: return try createFolder(&mailbox, in: try folder(mailbox).serial, &notes)
        case .getFolder:
            let selection = try selection(MailOperation.folderProperties)
            return .json(200, try json(try folder(mailbox), mailbox, selection))
        case .updateFolder: return try renameFolder(&mailbox, &notes)
        case .deleteFolder: return try deleteFolder(&mailbox, &notes)
        }
    }

    /// Whether ids in the path are, and ids in the answer are to be, immutable: said by this very request or not at all.
    var usesImmutableIDs: Bool {
        let preferences = call.header("prefer")?.split(separator: ",") ?? []
        return preferences.contains { preference in
            let parts = preference.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return parts.count == 2 && parts[0].lowercased() == "idtype" && parts[1] == "\"ImmutableId\""
        }
    }

    /// Until when lists show a change made now as if it had not been made; nil when they show it at once.
    var listsLagUntil: Date? {
        let lag = moment.delays.mailListSeconds
        return lag > 0 ? moment.now.addingTimeInterval(lag) : nil
    }

    func withPreference(_ reply: Reply) -> Reply {
        var reply = reply
        if usesImmutableIDs { reply.headers["Preference-Applied"] = "IdType=\"ImmutableId\"" }
        return reply
    }

    /// The members of the JSON body; a name that is not among those known is refused.
    func body(_ known: Set<String>) throws(GraphError) -> [String: JSONValue] {
        guard call.header("content-type")?.lowercased().hasPrefix("application/json") == true,
            let members = (try? JSONValue(parsing: call.body))?.object
        else {
            throw GraphError(
                status: 400,
                code: "BadRequest",
                message: "Unable to read JSON request payload. Please ensure Content-Type header is set."
            )
        }
        if let stray = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw GraphError(
                status: 400,
                code: "RequestBodyRead",
                message: "The property '\(stray)' does not exist or cannot be set here."
            )
        }
        return members
    }

    /// The folder the path names by id or well-known name.
    func folder(_ mailbox: Mailbox) throws(GraphError) -> MailFolder {
        try folder(route.folder ?? "", mailbox)
    }

    func folder(_ name: String, _ mailbox: Mailbox) throws(GraphError) -> MailFolder {
        if let folder = mailbox.folder(named: name) { return folder }
        throw MailIdentifier.isWellFormed(name) ? .itemNotFound : .malformedID
    }

    /// The copy the path names, by the kind of id that this request uses.
    func item(_ mailbox: Mailbox, _ notes: inout MailNotes) throws(GraphError) -> MailItem {
        let text = route.message ?? ""
        guard let identifier = MailIdentifier(text, owner: mailbox.owner) else {
            throw MailIdentifier.isWellFormed(text) ? .itemNotFound : .malformedID
        }
        let found = try item(identifier, mailbox, &notes)
        if let name = route.folder, try folder(name, mailbox).serial != found.folder { throw .itemNotFound }
        if found.isDamaged { throw .corruptData }
        return found
    }

    private func item(
        _ identifier: MailIdentifier,
        _ mailbox: Mailbox,
        _ notes: inout MailNotes
    ) throws(GraphError) -> MailItem {
        switch (identifier, usesImmutableIDs) {
        case (.folder, _): throw .malformedID
        case (.immutable, false):
            notes.violations.append((.wrongIDKind, "\(route.kind.name) came with an immutable id but without Prefer"))
            throw .malformedID
        case (.regular, true):
            notes.violations.append((.wrongIDKind, "\(route.kind.name) came with a regular id and Prefer"))
            throw .itemNotFound
        case (.immutable(let serial), true):
            guard let item = mailbox.item(serial) else { throw .itemNotFound }
            return item
        case (.regular(let serial, let place), false):
            guard let item = mailbox.item(serial) else { throw .itemNotFound }
            guard item.place == place else {
                notes.violations.append((.deadID, "\(route.kind.name) came with an id that died when the copy moved"))
                throw .itemNotFound
            }
            return item
        }
    }

    private static let options: Set<String> = [
        "$filter", "$select", "$expand", "$top", "$skiptoken", "$orderby", "$count", "includeHiddenFolders",
    ]

    private func refuseUnknownOptions() throws(GraphError) {
        for field in call.query where !MailOperation.options.contains(field.name) {
            throw GraphError(
                status: 400,
                code: "BadRequest",
                message: "The query option '\(field.name)' is not recognized or not supported."
            )
        }
    }
}

extension GraphError {
    static let noMailbox = GraphError(
        status: 404,
        code: "MailboxNotEnabledForRESTAPI",
        message: "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
    )

    static func invalidUser(_ key: String) -> GraphError {
        GraphError(status: 404, code: "ErrorInvalidUser", message: "The requested user '\(key)' is invalid.")
    }

    static let blockedByPolicy = GraphError(
        status: 403,
        code: "ErrorAccessDenied",
        message: "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
    )

    static let accessDenied = GraphError(
        status: 403,
        code: "ErrorAccessDenied",
        message: "Access is denied. Check credentials and try again."
    )

    static let internalError = GraphError(
        status: 500,
        code: "ErrorInternalServerError",
        message: "An internal server error occurred. The operation failed."
    )

    static let itemNotFound = GraphError(
        status: 404,
        code: "ErrorItemNotFound",
        message: "The specified object was not found in the store."
    )

    static let corruptData = GraphError(status: 500, code: "ErrorCorruptData", message: "Data is corrupt.")

    static let quotaExceeded = GraphError(
        status: 507,
        code: "ErrorQuotaExceeded",
        message: "The process failed to get the correct properties: the mailbox has exceeded its quota."
    )

    static let malformedID = GraphError(status: 400, code: "ErrorInvalidIdMalformed", message: "Id is malformed.")

    static let folderExists = GraphError(
        status: 409,
        code: "ErrorFolderExists",
        message: "A folder with the specified name already exists."
    )
}
