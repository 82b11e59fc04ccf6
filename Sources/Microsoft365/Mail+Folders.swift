import NIOHTTP1

/// Folders (Microsoft Graph REST API v1.0, mailFolder).
extension Mail {
    private static let folderFields = [
        ("$select", "id,displayName,parentFolderId,isHidden"),
        ("$expand", MailProperty.expansion([MailFolder.mark])),
    ]

    /// The folders at a mailbox's top, hidden ones included.
    ///
    /// A folder just made may be missing for a while.
    package func topFolders(
        of mailbox: String
    ) async throws(Microsoft365Error) -> MailFinding<[MailFolder]> {
        try await self.folders("", mailbox, [("includeHiddenFolders", "true")])
    }

    /// The folders in a folder.
    package func folders(
        in parent: String,
        of mailbox: String
    ) async throws(Microsoft365Error) -> MailFinding<[MailFolder]> {
        try await self.folders("/\(MailText.segment(parent))/childFolders", mailbox, [("includeHiddenFolders", "true")])
    }

    private func folders(
        _ place: String,
        _ mailbox: String,
        _ options: [(name: String, value: String)]
    ) async throws(Microsoft365Error) -> MailFinding<[MailFolder]> {
        let request = MailRequest(
            operation: "mail.folders",
            mailbox: mailbox,
            method: .GET,
            path: "/users/\(MailText.segment(mailbox))/mailFolders\(place)"
                + MailText.query(options + Self.folderFields + [("$top", String(Self.pageMax))])
        )
        return try await self.list(request, max: Self.foldersMax, MailFolder.init)
    }

    /// One folder, by id or well-known name; nil when there is none.
    package func folder(
        _ id: String,
        of mailbox: String
    ) async throws(Microsoft365Error) -> MailFolder? {
        let request = MailRequest(
            operation: "mail.folder",
            mailbox: mailbox,
            method: .GET,
            path: "/users/\(MailText.segment(mailbox))/mailFolders/\(MailText.segment(id))"
                + MailText.query(Self.folderFields)
        )
        do throws(Microsoft365Error) {
            guard let folder = MailFolder(try await self.pipeline.send(request).body) else {
                throw self.malformed(request)
            }
            return folder
        } catch {
            guard error.isItemGone else { throw error }
            return nil
        }
    }

    /// Makes a folder, at the top or in another; throws `alreadyExists` when there is one of that name.
    ///
    /// A folder can be hidden only when it is made; a quarantine is, and bears a mark by which it is known when somebody has
    /// renamed it or thrown it away.
    package func makeFolder(
        _ name: String,
        isQuarantine: Bool,
        in parent: String?,
        of mailbox: String
    ) async throws(Microsoft365Error) -> MailFolder {
        let place = parent.map { "/\(MailText.segment($0))/childFolders" } ?? ""
        var body: [String: JSONValue] = ["displayName": .string(name), "isHidden": .bool(isQuarantine)]
        if isQuarantine { body["singleValueExtendedProperties"] = MailProperty.list([MailFolder.mark: "1"]) }
        let request = MailRequest(
            operation: "mail.makeFolder",
            mailbox: mailbox,
            method: .POST,
            path: "/users/\(MailText.segment(mailbox))/mailFolders\(place)",
            body: .object(body)
        )
        guard var folder = MailFolder(try await self.pipeline.send(request).body) else {
            throw self.malformed(request)
        }
        // The answer does not show the mark that was set.
        folder.isQuarantine = isQuarantine
        return folder
    }
}
