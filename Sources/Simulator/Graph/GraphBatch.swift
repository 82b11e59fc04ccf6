import Foundation

/// A `$batch` of Graph: up to twenty requests in one (Graph documentation, JSON batching).
///
/// Each request goes the whole way of a call by itself: journal, faults, limits, its own headers. At most four of them
/// run at once in one mailbox. The answers come in any order; the outer status is 200 whatever they are.
struct GraphBatch: Sendable {
    let world: World
    let pipeline: Pipeline
    let call: Call
    let claims: TokenClaims

    private static let largest = 20

    /// One request of the batch.
    private struct Item: Sendable {
        let id: String
        let call: Call
        let dependsOn: [String]
        /// The mailbox as the path names it, or empty.
        let owner: String
    }

    func answer() async throws(GraphError) -> Reply {
        var pending = try await read()
        try checkDependencies(pending)
        var replies: [(id: String, reply: Reply)] = []
        while !pending.isEmpty {
            let round = nextRound(&pending, replies)
            replies += await run(round)
        }
        if await !world.switches.batchKeepsOrder { replies = await world.shuffled(replies) }
        return .json(
            200,
            ["responses": .array(replies.map { GraphBatch.json($0.id, $0.reply) })],
            changed: replies.contains { $0.reply.hasChangedTenant }
        )
    }

    // MARK: Reading

    private func read() async throws(GraphError) -> [Item] {
        guard call.header("content-type")?.lowercased().hasPrefix("application/json") == true,
            let requests = (try? JSONValue(parsing: call.body))?["requests"]?.array
        else { throw .badBatch("Invalid batch payload format.") }
        guard !requests.isEmpty else { throw .badBatch("The batch has no requests.") }
        guard requests.count <= GraphBatch.largest else {
            await world.report(.batchTooLarge, tenant: claims.tid, "a batch came with \(requests.count) requests")
            throw .badBatch("Number of batch request steps exceeds the maximum value of \(GraphBatch.largest).")
        }
        let mark = await world.guid()
        var items: [Item] = []
        for request in requests { items.append(try item(request, mark)) }
        guard Set(items.map(\.id)).count == items.count else { throw .badBatch("Request ids must be unique.") }
        return items
    }

    private func item(_ request: JSONValue, _ mark: String) throws(GraphError) -> Item {
        guard let members = request.object, let id = members["id"]?.text, !id.isEmpty,
            let method = members["method"]?.text, let url = members["url"]?.text
        else { throw .badBatch("Every request needs id, method and url.") }
        guard url.hasPrefix("/"), !url.hasPrefix("//") else {
            throw .badBatch("The url of a request must be relative.")
        }
        let given = (members["headers"]?.object ?? [:]).compactMapValues(\.text)
        var headers = Dictionary(given.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        headers["authorization"] = call.header("authorization")
        // A fragment never reaches a server: what stands behind a bare number sign is lost.
        let path =
            url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? url
        var inner = Call(
            service: call.service,
            method: method.uppercased(),
            target: "/v1.0" + path,
            baseURL: call.baseURL,
            headers: headers,
            body: members["body"]?.bytes ?? Data()
        )
        inner.batch = mark
        inner.claims = claims
        let segments = inner.path
        return Item(
            id: id,
            call: inner,
            dependsOn: members["dependsOn"]?.texts ?? [],
            owner: segments.count > 2 && segments[1] == "users" ? segments[2].lowercased() : ""
        )
    }

    /// All parallel, one chain in the given order, or all that depend depend on the same ones; nothing else is allowed.
    private func checkDependencies(_ items: [Item]) throws(GraphError) {
        let ids = Set(items.map(\.id))
        guard items.allSatisfy({ Set($0.dependsOn).isSubset(of: ids.subtracting([$0.id])) }) else {
            throw .badBatch("dependsOn names a request that is not in the batch.")
        }
        let depending = items.filter { !$0.dependsOn.isEmpty }
        if depending.isEmpty { return }
        let isSame =
            Set(depending.map { Set($0.dependsOn) }).count == 1
            && items.filter { depending[0].dependsOn.contains($0.id) }.allSatisfy(\.dependsOn.isEmpty)
        let isChain =
            zip(items, items.dropFirst()).allSatisfy { $1.dependsOn == [$0.id] }
            && items.first?.dependsOn.isEmpty == true
        guard isSame || isChain else {
            throw .badBatch("dependsOn must be absent, name the request before, or be the same for all that have it.")
        }
    }

    // MARK: Running

    /// Takes what may run now: nothing to wait for, and at most four in a mailbox.
    private func nextRound(_ pending: inout [Item], _ done: [(id: String, reply: Reply)]) -> [Item] {
        let statuses = Dictionary(done.map { ($0.id, $0.reply.status) }, uniquingKeysWith: { $1 })
        var inMailbox: [String: Int] = [:]
        var round: [Item] = []
        pending.removeAll { item in
            guard item.dependsOn.allSatisfy({ statuses[$0] != nil }) else { return false }
            if !item.owner.isEmpty {
                guard inMailbox[item.owner, default: 0] < MailboxLimits().concurrent else { return false }
                inMailbox[item.owner, default: 0] += 1
            }
            let isFailed = item.dependsOn.contains { (statuses[$0] ?? 0) >= 400 }
            round.append(isFailed ? failed(item) : item)
            return true
        }
        return round
    }

    private func failed(_ item: Item) -> Item {
        var call = item.call
        call.hasFailedDependency = true
        return Item(id: item.id, call: call, dependsOn: item.dependsOn, owner: item.owner)
    }

    private func run(_ round: [Item]) async -> [(id: String, reply: Reply)] {
        let failedDependency = GraphBatch.failedDependency
        let pipeline = pipeline
        return await withTaskGroup(of: (String, Reply).self) { group in
            for item in round {
                group.addTask {
                    (item.id, item.call.hasFailedDependency ? failedDependency : await pipeline.answerItem(item.call))
                }
            }
            var replies: [(id: String, reply: Reply)] = []
            for await (id, reply) in group { replies.append((id, reply)) }
            return replies
        }
    }

    private static let failedDependency = Reply.json(
        424,
        ["error": ["code": "FailedDependency", "message": "A request this one depends on has failed."]]
    )

    private static func json(_ id: String, _ reply: Reply) -> JSONValue {
        var headers = reply.headers
        // The service tells these for the batch alone.
        headers["request-id"] = nil
        headers["client-request-id"] = nil
        var members: [String: JSONValue] = [
            "id": .text(id), "status": .integer(reply.status), "headers": .object(headers.mapValues(JSONValue.text)),
        ]
        if !reply.body.isEmpty {
            members["body"] = (try? JSONValue(parsing: reply.body)) ?? .text(reply.body.base64EncodedString())
        }
        return .object(members)
    }
}

extension GraphError {
    static func badBatch(_ text: String) -> GraphError { GraphError(status: 400, code: "BadRequest", message: text) }
}
