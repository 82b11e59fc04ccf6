import Foundation

/// A time as Outlook writes it: whole seconds, UTC.
func mailTime(_ date: Date) -> String { date.formatted(.iso8601) }

/// How Graph writes a message.
extension MailOperation {
    private static let messageProperties: Set<String> = [
        "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "sentDateTime",
        "hasAttachments", "internetMessageId", "subject", "bodyPreview", "importance", "parentFolderId",
        "conversationId", "isRead", "isDraft", "webLink", "inferenceClassification", "body", "sender", "from",
        "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag",
    ]

    /// The properties that `$select` names, or nil for all of them.
    ///
    /// A name that is not one is refused.
    func selection(_ known: Set<String>) throws(GraphError) -> Set<String>? {
        guard let text = call.query("$select") else { return nil }
        let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if let stray = names.first(where: { !known.contains($0) }) {
            throw GraphError(
                status: 400,
                code: "RequestBroker--ParseUri",
                message: "Could not find a property named '\(stray)'."
            )
        }
        return Set(names)
    }

    func etag(_ item: MailItem) -> String { "W/\"\(changeKey(item))\"" }

    private func changeKey(_ item: MailItem) -> String {
        Data("\(item.serial).\(item.version)".utf8).base64EncodedString()
    }

    /// One message, with what `$select` and `$expand` ask for.
    func message(_ item: MailItem, _ mailbox: Mailbox, _ contents: [MailContent]) throws(GraphError) -> JSONValue {
        let content = contents[item.content]
        let owner = mailbox.owner
        let identifier: MailIdentifier =
            usesImmutableIDs
            ? .immutable(serial: item.serial) : .regular(serial: item.serial, place: item.place)
        let selection = try selection(MailOperation.messageProperties)
        var members: [String: JSONValue] = [
            "changeKey": .text(changeKey(item)), "categories": .texts(item.categories),
            "internetMessageId": .text(content.internetMessageID), "subject": .text(content.subject),
            "receivedDateTime": .text(mailTime(content.receivedAt)),
            "parentFolderId": .text(MailIdentifier.folder(item.folder).text(owner: owner)),
            "isRead": .flag(item.isRead), "flag": item.flag.json, "from": address(content.from),
        ]
        if selection.map({ !$0.isSubset(of: members.keys) }) ?? true {
            members.merge(rest(content)) { first, _ in first }
        }
        if let selection { members = members.filter { selection.contains($0.key) } }
        members["id"] = .text(identifier.text(owner: owner))
        members["@odata.etag"] = .text(etag(item))
        let properties = try ExtendedProperty.json(item.properties, call.query("$expand"))
        if let properties { members["singleValueExtendedProperties"] = properties }
        return .object(members)
    }

    private func address(_ text: String) -> JSONValue {
        ["emailAddress": ["name": .text(text), "address": .text(text)]]
    }

    private func rest(_ content: MailContent) -> [String: JSONValue] {
        let time = JSONValue.text(mailTime(content.receivedAt))
        return [
            "createdDateTime": time, "lastModifiedDateTime": time, "sentDateTime": time, "hasAttachments": false,
            "bodyPreview": "", "importance": "normal", "conversationId": "AAQkAAA=", "isDraft": false, "webLink": "",
            "inferenceClassification": "focused", "body": ["contentType": "text", "content": ""],
            "sender": address(content.from), "toRecipients": [], "ccRecipients": [], "bccRecipients": [],
            "replyTo": [],
        ]
    }
}
