import Foundation

/// Cuts a list into pages joined by opaque links.
struct GraphPage: Sendable {
    /// After so many seconds of simulated time a link to the next page is dead.
    static let linkLife = 3_600.0

    let call: Call
    /// Objects per page when `$top` does not say.
    let size: Int
    let now: Date

    /// The largest `$top`.
    var largestTop = 999
    /// Whether the first page is empty and every other one has a single object, whatever was asked for.
    var isShort = false

    /// One page of those objects.
    ///
    /// The link repeats the query as it was and adds a skip token that means nothing to a client.
    func reply(_ objects: [JSONValue], context: String, allowsTop: Bool = true) throws(GraphError) -> Reply {
        let asked = try length(allowsTop: allowsTop)
        let start = try start()
        let length = isShort ? (call.query("$skiptoken") == nil ? 0 : 1) : asked
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
        guard parts.count == 4, parts[0] == "page", let start = Int(parts[1]), start > 0 || isShort,
            let issued = Double(parts[2]), parts[3] == owner, now.timeIntervalSince1970 - issued <= GraphPage.linkLife
        else { throw .expiredPage }
        return start
    }

    /// The query that a token belongs to: that of another list, group or filter opens nothing.
    private var owner: String {
        let path = call.path.first == "v1.0" ? call.path.dropFirst() : call.path[...]
        let options = call.query.filter { $0.name != "$skiptoken" }.map { "\($0.name)=\($0.value)" }
        let text = (path + options).joined(separator: "\n")
        return String(
            text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 },
            radix: 16
        )
    }

    private func nextLink(_ start: Int) -> String {
        let parts = call.target.split(separator: "?", maxSplits: 1).map(String.init)
        let kept = (parts.count == 2 ? parts[1] : "").split(separator: "&").filter {
            !$0.hasPrefix("$skiptoken=") && !$0.hasPrefix("%24skiptoken=")
        }
        let token = base64URL(Data("page:\(start):\(now.timeIntervalSince1970):\(owner)".utf8))
        return call.baseURL + parts[0] + "?" + (kept.map(String.init) + ["$skiptoken=\(token)"]).joined(separator: "&")
    }
}
