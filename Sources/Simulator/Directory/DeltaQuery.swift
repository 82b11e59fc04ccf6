import Foundation

/// What a delta query asks, read strictly: what it does not support is refused, not passed over.
///
/// Source: Microsoft Graph "Use delta query to track changes" and the reference of user and group delta.
struct DeltaQuery: Sendable {
    let token: DeltaToken
    /// Whether nothing but a link for later is wanted.
    let wantsLinkOnly: Bool
    /// Whether only changed properties are wanted.
    let isMinimal: Bool

    init(_ kind: EntryKind, _ call: Call, _ claims: TokenClaims, _ book: DirectoryBook, now: Date) throws(GraphError) {
        isMinimal = call.header("prefer")?.lowercased().contains("return=minimal") == true
        try call.refuseRepeatedOptions()
        let names = Set(call.query.map(\.name))
        let text = call.query("$skiptoken") ?? call.query("$deltatoken") ?? ""
        wantsLinkOnly = text == "latest"
        if text.isEmpty || wantsLinkOnly {
            guard names.isSubset(of: ["$select", "$deltatoken"]) else { throw DeltaQuery.unsupported(names) }
            let end = book.visibleEnd(now)
            token = DeltaToken(
                tenant: claims.tid,
                kind: kind,
                select: try DeltaQuery.selection(kind, call),
                epoch: book.epoch,
                issued: now.timeIntervalSince1970,
                isFull: true,
                base: end
            )
            return
        }
        guard names.count == 1 else { throw .badRequest("A query option cannot be combined with a token.") }
        let isSkip = names == ["$skiptoken"]
        guard let token = DeltaToken(text: text), token.isGenuine(kind, tenant: claims.tid, isPage: isSkip) else {
            throw .badRequest("Badly formed token.")
        }
        let age = now.timeIntervalSince1970 - token.issued
        if isSkip, age > book.settings.skipTokenSeconds { throw .expiredPage }
        guard token.epoch == book.epoch, token.base <= book.changes.count, age <= DeltaToken.life else {
            throw DeltaQuery.resync(book, kind, call)
        }
        self.token = token
    }

    private static func selection(_ kind: EntryKind, _ call: Call) throws(GraphError) -> [String] {
        guard let text = call.query("$select") else {
            return kind == .user ? People.defaultUserProperties : People.defaultGroupProperties
        }
        let names = text.split(separator: ",").map(String.init)
        try People.requireProperties(names, among: People.deltaProperties(kind), of: kind)
        return names.contains("id") ? names : ["id"] + names
    }

    private static func unsupported(_ names: Set<String>) -> GraphError {
        let text = names.subtracting(["$select", "$deltatoken"]).sorted().joined(separator: ", ")
        return .unsupportedQuery("The query option is not supported by a delta query: \(text).")
    }

    private static func resync(_ book: DirectoryBook, _ kind: EntryKind, _ call: Call) -> GraphError {
        let code = book.settings.resync
        let text = "Resync is required: the token is too old or no longer valid."
        switch code {
        case .gone:
            var error = GraphError(status: 410, code: "resyncRequired", message: text)
            error.headers["Location"] = "\(call.baseURL)/v1.0/\(kind.rawValue)s/delta?$deltatoken="
            return error
        case .resyncRequired, .syncStateInvalid: return GraphError(status: 400, code: code.rawValue, message: text)
        case .syncStateNotFound: return GraphError(status: 404, code: code.rawValue, message: text)
        }
    }
}

extension DirectoryBook {
    /// How many changes are old enough to be told.
    func visibleEnd(_ now: Date) -> Int {
        let bound = now.addingTimeInterval(-settings.visibleAfterSeconds)
        var end = changes.count
        while end > 0, changes[end - 1].time > bound { end -= 1 }
        return end
    }
}
