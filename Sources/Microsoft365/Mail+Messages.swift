import NIOHTTP1

/// Messages: found, read, changed, moved (Microsoft Graph REST API v1.0, message).
extension Mail {
    private static let fields = "id,parentFolderId,subject,from,receivedDateTime,isRead,flag,categories"

    /// The copies of a message in a mailbox, or in one folder of it; the lists of the service may lag behind by minutes.
    ///
    /// Without a folder it is every folder but recoverable items, the archive and, as observers disagree, hidden ones. No more
    /// than about `max` come back when there are more. `properties` names those of ours to read along.
    package func copies(
        of internetMessageID: String,
        in mailbox: String,
        folder: String? = nil,
        max: Int = Self.copiesMax + 1,
        properties: [String]
    ) async throws(Microsoft365Error) -> MailFinding<[MailCopy]> {
        let filter = "internetMessageId eq \(MailText.quoted(internetMessageID))"
        return try await self.copies("mail.find", filter, mailbox, folder, max, properties)
    }

    /// The copies on which a property of ours has a value, likewise.
    package func copies(
        marked property: String,
        as value: String,
        in mailbox: String,
        folder: String? = nil,
        max: Int = Self.copiesMax + 1,
        properties: [String]
    ) async throws(Microsoft365Error) -> MailFinding<[MailCopy]> {
        let id = MailText.quoted(MailProperty.id(property))
        let filter = "singleValueExtendedProperties/Any(ep: ep/id eq \(id) and ep/value eq \(MailText.quoted(value)))"
        return try await self.copies("mail.findMarked", filter, mailbox, folder, max, properties)
    }

    private func copies(
        _ operation: String,
        _ filter: String,
        _ mailbox: String,
        _ folder: String?,
        _ max: Int,
        _ properties: [String]
    ) async throws(Microsoft365Error) -> MailFinding<[MailCopy]> {
        let place = folder.map { "/mailFolders/\(MailText.segment($0))" } ?? ""
        let request = MailRequest(
            operation: operation,
            mailbox: mailbox,
            method: .GET,
            path: "/users/\(MailText.segment(mailbox))\(place)/messages"
                + MailText.query([
                    ("$filter", filter), ("$select", Self.fields), ("$expand", MailProperty.expansion(properties)),
                    ("$top", String(min(max, Self.pageMax))),
                ])
        )
        return try await self.list(request, max: max, MailCopy.init)
    }

    /// One copy as it is now; nil when the mailbox has it no longer.
    ///
    /// It never lags behind.
    package func copy(
        _ id: String,
        in mailbox: String,
        properties: [String]
    ) async throws(Microsoft365Error) -> MailFinding<MailCopy>? {
        let request = MailRequest(
            operation: "mail.read",
            mailbox: mailbox,
            method: .GET,
            path: Self.path(of: id, in: mailbox)
                + MailText.query([("$select", Self.fields), ("$expand", MailProperty.expansion(properties))])
        )
        do throws(Microsoft365Error) {
            let reply = try await self.pipeline.send(request)
            guard let copy = MailCopy(reply.body) else { throw self.malformed(request) }
            return MailFinding(copy, reply.evidence)
        } catch {
            guard error.isItemGone else { throw error }
            return nil
        }
    }

    /// Changes a copy that is still as `tag` says; a copy that is not is refused with HTTP 412.
    package func change(
        _ id: String,
        in mailbox: String,
        _ change: MailChange,
        ifStill tag: String?
    ) async throws(Microsoft365Error) -> MailEvidence {
        let request = MailRequest(
            operation: "mail.change",
            mailbox: mailbox,
            method: .PATCH,
            path: Self.path(of: id, in: mailbox),
            body: change.body,
            ifMatch: tag
        )
        return try await self.pipeline.send(request).evidence
    }

    /// Moves a copy out of one folder into another, each given by id or by one of the service's well-known names.
    ///
    /// The copy is addressed through its folder (Graph reference, message: move): elsewhere it is not found.
    /// The answer shows the copy in its new place; that it is the same one, and the only one, must be read.
    package func move(
        _ id: String,
        from source: String,
        in mailbox: String,
        to folder: String
    ) async throws(Microsoft365Error) -> MailEvidence {
        let request = MailRequest(
            operation: "mail.move",
            mailbox: mailbox,
            method: .POST,
            path: "/users/\(MailText.segment(mailbox))/mailFolders/\(MailText.segment(source))"
                + "/messages/\(MailText.segment(id))/move",
            body: .object(["destinationId": .string(folder)])
        )
        return try await self.pipeline.send(request).evidence
    }

    private static func path(of id: String, in mailbox: String) -> String {
        "/users/\(MailText.segment(mailbox))/messages/\(MailText.segment(id))"
    }
}

extension Microsoft365Error {
    /// Whether the service says that the message or folder itself is gone, and not its mailbox.
    package var isItemGone: Bool { self.code == .notFound && self.serviceCode == "ErrorItemNotFound" }
}
