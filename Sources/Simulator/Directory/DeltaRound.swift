import Foundation

/// Makes one page of a delta query's round.
struct DeltaRound: Sendable {
    let book: DirectoryBook
    let query: DeltaQuery
    let now: Date
    /// Whether a round begins with an empty page and goes on with pages of one object.
    var isShort = false

    /// Objects of one page and the token behind it; `isLast` when that begins the next round.
    struct Page {
        var items: [JSONValue]
        var next: DeltaToken
        var isLast: Bool
    }

    func page() -> Page {
        if query.wantsLinkOnly { return Page(items: [], next: following(query.token), isLast: true) }
        if isShort, !query.token.isPage {
            var first = query.token
            first.isPage = true
            first.issued = now.timeIntervalSince1970
            return Page(items: [], next: first, isLast: false)
        }
        return query.token.isFull ? fullPage() : changedPage()
    }

    private var pageSize: Int { isShort ? 1 : book.settings.pageSize }

    private var tellsMembers: Bool { query.token.select.contains("members") }

    /// The token of the round after this one.
    private func following(_ token: DeltaToken) -> DeltaToken {
        var next = token
        next.isFull = false
        next.isPage = false
        next.cursor = token.base
        next.offset = 0
        next.issued = now.timeIntervalSince1970
        return next
    }

    // MARK: Everything

    private func fullPage() -> Page {
        var token = query.token
        token.isPage = true
        token.issued = now.timeIntervalSince1970
        var items: [JSONValue] = []
        var room = book.settings.memberPageSize
        let end = min(token.cursor + pageSize, book.count(token.kind))
        while token.cursor < end, room > 0 {
            let id = book.id(token.kind, at: token.cursor)
            guard book.isPresent(id) else {
                token.cursor += 1
                continue
            }
            let members = tellsMembers ? book.members(of: id) + book.devices(of: id) : []
            let told = members.dropFirst(token.offset).prefix(room)
            let isContinued = token.offset > 0 && book.settings.sparse
            items.append(item(id, isContinued ? [] : nil, told.map(member)))
            room -= told.count
            if told.endIndex < members.endIndex {
                token.offset = told.endIndex
            } else {
                token.offset = 0
                token.cursor += 1
            }
        }
        let isLast = token.cursor >= book.count(token.kind)
        return Page(items: items, next: isLast ? following(token) : token, isLast: isLast)
    }

    // MARK: What has changed

    private struct News {
        var properties: Set<String> = []
        var isWhole = false
        var members: [String] = []
    }

    private func changedPage() -> Page {
        var token = query.token
        token.isPage = true
        token.issued = now.timeIntervalSince1970
        let end = book.visibleEnd(now)
        var order: [String] = []
        var news: [String: News] = [:]
        // A page repeats the last changes of the one before: replays are part of the contract.
        let repeated = book.settings.disorder && token.cursor > token.base ? 2 : 0
        var position = max(token.base, token.cursor - repeated)
        while position < end, order.count < pageSize + repeated {
            note(book.changes[position], &order, &news)
            position += 1
        }
        if book.settings.disorder {
            var generator = SeededGenerator(seed: UInt64(position))
            order.shuffle(using: &generator)
        }
        let items = order.map { changed($0, news[$0] ?? News()) }
        token.cursor = max(position, token.cursor)
        guard token.cursor >= end else { return Page(items: items, next: token, isLast: false) }
        token.base = end
        return Page(items: items, next: following(token), isLast: true)
    }

    private func note(_ change: DirectoryBook.Change, _ order: inout [String], _ news: inout [String: News]) {
        guard change.kind == query.token.kind else { return }
        var seen = news[change.id] ?? News()
        switch change.what {
        case .properties(let names):
            let tracked = names.intersection(query.token.select)
            guard !tracked.isEmpty else { return }
            seen.properties.formUnion(tracked)
        case .life: seen.isWhole = true
        case .member(let id):
            guard tellsMembers else { return }
            if !seen.members.contains(id) { seen.members.append(id) }
        }
        if news[change.id] == nil { order.append(change.id) }
        news[change.id] = seen
    }

    private func changed(_ id: String, _ news: News) -> JSONValue {
        switch book.life(id) {
        case .softDeleted: return ["id": .text(id), "@removed": ["reason": "changed"]]
        case .purged: return ["id": .text(id), "@removed": ["reason": "deleted"]]
        case .present: break
        }
        if news.isWhole {
            return item(id, nil, tellsMembers ? (book.members(of: id) + book.devices(of: id)).map(member) : [])
        }
        let members = news.members.compactMap { told in
            let isMember = book.isMember(told, of: id)
            // A deleted user stays in its groups until it is purged, and is not told of meanwhile.
            if isMember { return book.isPresent(told) ? member(told) : nil }
            return gone(told)
        }
        let isSparse = query.isMinimal || book.settings.sparse
        return item(id, isSparse ? news.properties : nil, members)
    }

    // MARK: Objects

    /// An object with those properties, or with all that are tracked.
    private func item(_ id: String, _ properties: Set<String>?, _ members: [JSONValue]) -> JSONValue {
        let wanted = properties ?? Set(query.token.select)
        var object = (book.properties(id) ?? [:]).filter { wanted.contains($0.key) }
        object["id"] = .text(id)
        if !members.isEmpty { object["members@delta"] = .array(members) }
        return .object(object)
    }

    private func member(_ id: String) -> JSONValue {
        ["@odata.type": .text(book.memberType(id)), "id": .text(id)]
    }

    private func gone(_ id: String) -> JSONValue {
        [
            "@odata.type": .text(book.memberType(id)), "id": .text(id), "@removed": ["reason": "deleted"],
        ]
    }
}
