import Foundation
import NIOHTTP1

/// One page of a delta query.
package struct DeltaPage<Item: Sendable>: Sendable {
    /// What it says, in its order; may be empty although more follows, and may say again what was said before.
    package let items: [Item]
    /// How it goes on.
    package let next: DeltaLink
    /// How much of its limit the tenant has used, where the service says so: from 0.8, above 1 calls are refused.
    package let load: Double?
}

/// How a delta query goes on after a page.
package enum DeltaLink: Sendable, Equatable {
    /// More of this round is there.
    case page(String)
    /// The round is over; the next one, within seven days, begins there.
    case round(String)
}

/// One page of a group's members.
package struct MemberPage: Sendable {
    /// The members.
    package let members: [MemberItem]
    /// Where the next page is; nil for the last.
    package let next: String?
}

/// Users, groups and members: delta queries, and reading again what they leave out.
///
/// Source: Microsoft Graph "Use delta query to track changes", user: delta, group: delta, "Paging", and "Throttling limits,
/// Identity and access". A link that no longer holds throws `resyncRequired`: read everything anew. A link to the next page
/// that has died throws `pageExpired`: begin the round again.
extension Graph {
    /// How many objects one call reads again: the directory refuses more alternatives in a filter.
    package static let idsMax = 15

    /// A page of users; `link` is where an earlier page or round said to go on, nil begins with everything.
    ///
    /// Needs User.Read.All.
    package func userDelta(from link: String?) async throws(Microsoft365Error) -> DeltaPage<UserItem> {
        try await self.delta("userDelta", "/users/delta?$select=\(UserItem.properties)", link, isMinimal: false)
    }

    /// A page of groups with members; `isMinimal` asks for nothing but what has changed in each.
    ///
    /// Needs Group.Read.All or GroupMember.Read.All.
    package func groupDelta(
        from link: String?,
        isMinimal: Bool
    ) async throws(Microsoft365Error) -> DeltaPage<GroupItem> {
        let path = "/groups/delta?$select=\(GroupItem.properties),members"
        return try await self.delta("groupDelta", path, link, isMinimal: isMinimal)
    }

    /// Users by id, at most ``idsMax``; those that are not there are left out, and each of them was asked for by itself.
    ///
    /// Needs User.Read.All.
    package func users(_ ids: [String]) async throws(Microsoft365Error) -> [UserItem] {
        try await self.objects("usersByID", "/users", ids, UserItem.properties)
    }

    /// Groups by id, at most ``idsMax``; those that are not there are left out, and each of them was asked for by itself.
    ///
    /// Needs Group.Read.All.
    package func groups(_ ids: [String]) async throws(Microsoft365Error) -> [GroupItem] {
        try await self.objects("groupsByID", "/groups", ids, GroupItem.properties)
    }

    /// A page of a group's members.
    ///
    /// Needs GroupMember.Read.All. Throws `notFound` for a group that is gone.
    package func members(of group: String, link: String?) async throws(Microsoft365Error) -> MemberPage {
        let call = try self.call("members", "/groups/\(group.formEncoded)/members?$select=id&$top=999", link)
        let (body, _) = try await self.body(of: call, as: MemberItem.self)
        if let next = body.nextLink, !self.address.covers(link: next) { throw call.failure(.foreignLink) }
        return MemberPage(members: body.value, next: body.nextLink)
    }

    private func delta<Item: Decodable & Sendable>(
        _ name: String,
        _ path: String,
        _ link: String?,
        isMinimal: Bool
    ) async throws(Microsoft365Error) -> DeltaPage<Item> {
        var call = try self.call(name, path, link)
        if isMinimal { call.headers.append(("Prefer", "return=minimal")) }
        let (body, answer) = try await self.body(of: call, as: Item.self)
        let next: DeltaLink
        if let link = body.nextLink {
            next = .page(link)
        } else if let link = body.deltaLink {
            next = .round(link)
        } else {
            throw call.malformed(answer)
        }
        switch next {
        case .page(let link), .round(let link):
            guard self.address.covers(link: link) else { throw call.failure(.foreignLink, answer: answer) }
        }
        let load = answer.headers.first(name: "x-ms-throttle-limit-percentage").flatMap(Double.init)
        return DeltaPage(items: body.value, next: next, load: load)
    }

    /// A call that may wait when the tenant is near its limit, to a path or to a link that leads to this Graph.
    private func call(_ name: String, _ path: String, _ link: String?) throws(Microsoft365Error) -> ServiceCall {
        var call = self.call(name, .GET, path)
        call.headers.append(("x-ms-throttle-priority", "Low"))
        guard let link else { return call }
        guard self.address.covers(link: link) else { throw call.failure(.foreignLink) }
        return call.following(link)
    }

    /// Objects by id, however many pages they come in.
    ///
    /// A list is made from an index that lags behind the objects themselves: what it does not show is looked up by itself,
    /// and only what is not found there either is gone.
    private func objects<Item: DirectoryItem>(
        _ name: String,
        _ path: String,
        _ ids: [String],
        _ properties: String
    ) async throws(Microsoft365Error) -> [Item] {
        var items: [Item] = try await self.listed(name, path, ids, properties)
        let found = Set(items.map { $0.id.lowercased() })
        for id in ids.prefix(Self.idsMax) where !found.contains(id.lowercased()) {
            if let item: Item = try await self.object(name, path, id, properties) { items.append(item) }
        }
        return items
    }

    private func object<Item: DirectoryItem>(
        _ name: String,
        _ path: String,
        _ id: String,
        _ properties: String
    ) async throws(Microsoft365Error) -> Item? {
        let call = try self.call(name, "\(path)/\(id.formEncoded)?$select=\(properties)", nil)
        do throws(Microsoft365Error) {
            return try self.decoded(Item.self, try await self.sender.send(call), of: call)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func listed<Item: DirectoryItem>(
        _ name: String,
        _ path: String,
        _ ids: [String],
        _ properties: String
    ) async throws(Microsoft365Error) -> [Item] {
        let clauses = ids.prefix(Self.idsMax).map { "id eq '\($0.replacing("'", with: "''"))'" }
        let filter = clauses.joined(separator: " or ").formEncoded
        let call = try self.call(name, "\(path)?$filter=\(filter)&$select=\(properties)&$top=\(Self.idsMax)", nil)
        var items: [Item] = []
        try await self.pages(of: call) { answer throws(Microsoft365Error) in
            let body = try self.decoded(PageBody<Item>.self, answer, of: call)
            items += body.value
            return body.nextLink
        }
        return items
    }

    private func body<Item: Decodable & Sendable>(
        of call: ServiceCall,
        as item: Item.Type
    ) async throws(Microsoft365Error) -> (body: PageBody<Item>, answer: ServiceAnswer) {
        let answer = try await self.sender.send(call)
        return (try self.decoded(PageBody<Item>.self, answer, of: call), answer)
    }

    private func decoded<Value: Decodable>(
        _: Value.Type,
        _ answer: ServiceAnswer,
        of call: ServiceCall
    ) throws(Microsoft365Error) -> Value {
        guard let value = try? JSONDecoder().decode(Value.self, from: answer.body) else { throw call.malformed(answer) }
        return value
    }
}

/// An object of the directory that can be asked for by id.
private protocol DirectoryItem: Decodable, Sendable {
    var id: String { get }
}

extension UserItem: DirectoryItem {}
extension GroupItem: DirectoryItem {}

/// A page as Graph writes it.
private struct PageBody<Item: Decodable & Sendable>: Decodable, Sendable {
    let value: [Item]
    let nextLink: String?
    let deltaLink: String?

    private enum CodingKeys: String, CodingKey {
        case value
        case nextLink = "@odata.nextLink"
        case deltaLink = "@odata.deltaLink"
    }
}
