import Foundation

/// Messages: found, read, changed, moved.
extension MailOperation {
    private static let pageSize = 10
    private static let largestPage = 1000

    func listMessages(
        _ mailbox: Mailbox,
        _ contents: [MailContent],
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let filter = try call.query("$filter").map { text throws(GraphError) in try MessageFilter(text) }
        try checkOrder(filter)
        noteSuspicious(filter, &notes)
        let scope = try route.folder.map { name throws(GraphError) in try folder(name, mailbox).serial }
        let found = mailbox.items.map { $0.asListed(moment.now) }
            .filter { covers($0.folder, scope, mailbox) && (filter?.matches($0, contents[$0.content]) ?? true) }
            .sorted { (contents[$0.content].receivedAt, $0.serial) > (contents[$1.content].receivedAt, $1.serial) }
        var messages: [JSONValue] = []
        for item in found { messages.append(try message(item, mailbox, contents)) }
        var page = GraphPage(call: call, size: MailOperation.pageSize, now: moment.now)
        page.largestTop = MailOperation.largestPage
        page.isShort = moment.switches.mailPagesAreShort
        let reply = try page.reply(messages, context: "users('\(mailbox.owner.uuidString.lowercased())')/messages")
        return withPreference(reply)
    }

    /// The list of all folders leaves out recoverable items and, unless a switch says otherwise, hidden folders.
    private func covers(_ folder: UInt32, _ scope: UInt32?, _ mailbox: Mailbox) -> Bool {
        if let scope { return folder == scope }
        guard mailbox.lies(folder, in: MailFolder.root) else { return false }
        return moment.switches.listsCoverHiddenFolders || !mailbox.isHidden(folder)
    }

    /// What a list is sorted by must come first in its filter (Graph reference, list messages).
    private func checkOrder(_ filter: MessageFilter?) throws(GraphError) {
        guard let order = call.query("$orderby") else { return }
        guard ["receivedDateTime", "receivedDateTime desc"].contains(order) else {
            throw GraphError(status: 400, code: "ErrorInvalidUrlQuery", message: "The sort order is not supported.")
        }
        guard let filter else { return }
        if case .received = filter.clauses.first { return }
        throw GraphError(
            status: 400,
            code: "InefficientFilter",
            message: "The restriction or sort order is too complex for this operation."
        )
    }

    /// A blank in a Message-ID is almost always a plus sign that was not encoded.
    private func noteSuspicious(_ filter: MessageFilter?, _ notes: inout MailNotes) {
        for case .internetMessageID(let id) in filter?.clauses ?? [] where id.contains(" ") {
            notes.violations.append((.unencodedMessageID, "a filter asked for a Message-ID with a blank in it"))
        }
    }

    func updateMessage(
        _ mailbox: inout Mailbox,
        _ contents: [MailContent],
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let members = try body(["isRead", "flag", "categories", "singleValueExtendedProperties", "importance"])
        let item = try item(mailbox, &notes)
        if let tag = call.header("if-match"), tag != "*", tag != etag(item) {
            throw GraphError(
                status: 412,
                code: "ErrorIrresolvableConflict",
                message: "The send or update operation could not be performed because the change key is out of date."
            )
        }
        let isRead = try members["isRead"].map { value throws(GraphError) in try flag(value, "isRead") }
        let followUp = try members["flag"].map(MailOperation.followUp)
        let categories = try members["categories"].map { value throws(GraphError) -> [String] in
            guard let texts = value.texts else { throw MailOperation.invalid("categories") }
            return texts
        }
        let properties = try members["singleValueExtendedProperties"].map(ExtendedProperty.values) ?? [:]
        hold(item, in: &mailbox)
        mailbox.change(item.serial) {
            $0.isRead = isRead ?? $0.isRead
            $0.flag = followUp ?? $0.flag
            $0.categories = categories ?? $0.categories
            $0.properties.merge(properties) { $1 }
        }
        notes.effects.append(mailbox.note(.changed, item, from: item.folder, to: item.folder))
        guard let changed = mailbox.item(item.serial) else { throw .itemNotFound }
        var reply = Reply.json(200, try message(changed, mailbox, contents))
        reply.hasChangedTenant = true
        return withPreference(reply)
    }

    private func flag(_ value: JSONValue, _ name: String) throws(GraphError) -> Bool {
        guard let flag = value.flag else { throw MailOperation.invalid(name) }
        return flag
    }

    private static func invalid(_ name: String) -> GraphError {
        GraphError(status: 400, code: "ErrorInvalidPropertySet", message: "The value of '\(name)' is not valid.")
    }

    /// Reads a follow-up flag; a due date needs a start date (Graph reference, followupFlag).
    private static func followUp(_ value: JSONValue) throws(GraphError) -> MailFlag {
        let dates: Set<String> = ["startDateTime", "dueDateTime", "completedDateTime"]
        guard let members = value.object, let status = members["flagStatus"]?.text,
            MailFlag.statuses.contains(status), Set(members.keys).subtracting(dates) == ["flagStatus"]
        else { throw invalid("flag") }
        let given = members.filter { dates.contains($0.key) }
        guard given.values.allSatisfy({ $0["dateTime"]?.text != nil && $0["timeZone"]?.text != nil }) else {
            throw invalid("flag")
        }
        guard given["dueDateTime"] == nil || given["startDateTime"] != nil else { throw invalid("flag") }
        return MailFlag(status: status, dates: given)
    }

    /// Deleted Items first, then out of sight, as Outlook does.
    func deleteMessage(_ mailbox: inout Mailbox, _ notes: inout MailNotes) throws(GraphError) -> Reply {
        let item = try item(mailbox, &notes)
        let target = item.folder == MailFolder.deletedItems ? MailFolder.recoverable : MailFolder.deletedItems
        mailbox.move(item.serial, to: target, listsLagUntil: listsLagUntil)
        notes.effects.append(mailbox.note(.deleted, item, from: item.folder, to: target))
        return .empty(204, changed: true)
    }

    func moveMessage(
        _ mailbox: inout Mailbox,
        _ contents: [MailContent],
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let target = try destination(mailbox)
        let item = try item(mailbox, &notes)
        hold(item, in: &mailbox)
        var moved = item.serial
        switch call.twin {
        case .ahead:
            // The copy was made and the original was not removed.
            moved = mailbox.duplicate(item, in: target.serial).serial
            notes.effects.append(mailbox.note(.copied, item, from: item.folder, to: target.serial))
        case .behind:
            _ = mailbox.duplicate(item, in: item.folder)
            notes.effects.append(mailbox.note(.copied, item, from: item.folder, to: item.folder))
            mailbox.move(item.serial, to: target.serial, listsLagUntil: listsLagUntil)
            notes.effects.append(mailbox.note(.moved, item, from: item.folder, to: target.serial))
        case nil:
            mailbox.move(item.serial, to: target.serial, listsLagUntil: listsLagUntil)
            notes.effects.append(mailbox.note(.moved, item, from: item.folder, to: target.serial))
        }
        if moment.switches.movesMarkAsRead { mailbox.change(moved) { $0.isRead = true } }
        return try created(moved, mailbox, contents)
    }

    func copyMessage(
        _ mailbox: inout Mailbox,
        _ contents: [MailContent],
        _ notes: inout MailNotes
    ) throws(GraphError) -> Reply {
        let target = try destination(mailbox)
        let item = try item(mailbox, &notes)
        let copy = mailbox.duplicate(item, in: target.serial)
        notes.effects.append(mailbox.note(.copied, copy, from: item.folder, to: target.serial))
        return try created(copy.serial, mailbox, contents)
    }

    /// Keeps a version of what is about to be replaced, where the owner's hold wants it.
    private func hold(_ item: MailItem, in mailbox: inout Mailbox) {
        if isOnHold { _ = mailbox.duplicate(item, in: MailFolder.recoverable) }
    }

    private func destination(_ mailbox: Mailbox) throws(GraphError) -> MailFolder {
        guard let name = try body(["destinationId"])["destinationId"]?.text else {
            throw GraphError(status: 400, code: "BadRequest", message: "The parameter 'destinationId' is missing.")
        }
        return try folder(name, mailbox)
    }

    private func created(_ serial: UInt32, _ mailbox: Mailbox, _ contents: [MailContent]) throws(GraphError) -> Reply {
        guard let item = mailbox.item(serial) else { throw .itemNotFound }
        return withPreference(.json(201, try message(item, mailbox, contents), changed: true))
    }
}
