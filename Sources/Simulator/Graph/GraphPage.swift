import Foundation

/// Cuts a list into pages joined by opaque links.
struct GraphPage: Sendable {
    let call: Call
    /// Objects per page when `$top` does not say.
    let size: Int

    /// The largest `$top`.
    var largestTop = 999

    /// One page of those objects.
    ///
    /// The link repeats the query as it was and adds a skip token that means nothing to a client.
    func reply(_ objects: [JSONValue], context: String, allowsTop: Bool = true) throws(GraphError) -> Reply {
        let length = try length(allowsTop: allowsTop)
        let start = try start()
        let end = min(start + length, objects.count)
        guard start <= objects.count else { throw .expiredPage }
        var page: [String: JSONValue] = [
            "@odata.context": .text("\(call.baseURL)/v1.0/$metadata#\(context)"),
            "value": .array(Array(objects[start..<end])),
        ]
        if end < objects.count { page["@odata.nextLink"] = .text(nextLink(end)) }
        return .json(200, .object(page))
    }

    private func length(allowsTop: Bool) throws(GraphError) -> Int {
        guard let top = call.query("$top") else { return size }
        guard allowsTop, let number = Int(top), (1...largestTop).contains(number) else {
            throw .badRequest("Invalid page size specified: '\(top)'.")
        }
        return number
    }

    private func start() throws(GraphError) -> Int {
        guard let token = call.query("$skiptoken") else { return 0 }
        guard let data = base64URLDecoded(token) else { throw .expiredPage }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":")
        guard parts.count == 2, parts[0] == "page", let start = Int(parts[1]), start > 0 else { throw .expiredPage }
        return start
    }

    private func nextLink(_ start: Int) -> String {
        let parts = call.target.split(separator: "?", maxSplits: 1).map(String.init)
        let kept = (parts.count == 2 ? parts[1] : "").split(separator: "&").filter {
            !$0.hasPrefix("$skiptoken=") && !$0.hasPrefix("%24skiptoken=")
        }
        let token = "$skiptoken=" + base64URL(Data("page:\(start)".utf8))
        return call.baseURL + parts[0] + "?" + (kept.map(String.init) + [token]).joined(separator: "&")
    }
}
