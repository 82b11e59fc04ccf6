import Foundation

/// Which of the four listeners a request came to.
package enum ServiceName: String, Codable, Sendable, CaseIterable {
    case login, graph, exchange, control
}

/// One HTTP request, read whole.
struct Call: Sendable {
    let service: ServiceName
    let method: String
    /// Path and query as they came.
    let target: String
    /// `http://host:port` as the client wrote it.
    let baseURL: String
    /// Header values by lower-case name.
    let headers: [String: String]
    let body: Data
    /// Marks the requests of one batch; nil for a request of its own.
    var batch: String?
    /// What the token of the batch holds, so that it is not read once more for every request in it.
    var claims: TokenClaims?
    /// A request of the batch that this one depends on has failed.
    var hasFailedDependency = false
    /// A move that is to leave a second copy.
    var twin: Twin?

    /// Which of the two copies that a failing move leaves has the old id.
    enum Twin: Sendable { case behind, ahead }

    /// Segments of the path, percent-decoded.
    var path: [String] {
        let raw = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return raw.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    }

    /// Names and values of the query, decoded as forms are: a plus sign is a blank.
    var query: [FormField] {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? FormField.parse(String(parts[1])) : []
    }

    /// The first value of that name in the query.
    func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// The token of an `Authorization: Bearer` header.
    var bearerToken: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return value.dropFirst("bearer ".count).trimmingCharacters(in: .whitespaces)
    }
}

/// One `name=value` of a query or of a form body.
struct FormField: Sendable, Equatable {
    let name: String
    let value: String

    /// Splits and decodes, as `application/x-www-form-urlencoded` says.
    static func parse(_ text: String) -> [FormField] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decode)
            return FormField(name: parts[0], value: parts.count == 2 ? parts[1] : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        let blanks = String(text).replacing("+", with: " ")
        return blanks.removingPercentEncoding ?? blanks
    }
}
