import Foundation

/// What goes back for a call.
struct Reply: Sendable, Equatable {
    var status: Int
    var headers: [String: String] = [:]
    var body = Data()
    /// Something in the tenant is different now.
    var hasChangedTenant = false

    /// A JSON body.
    static func json(_ status: Int, _ value: JSONValue, changed: Bool = false) -> Reply {
        Reply(
            status: status,
            headers: ["Content-Type": "application/json; charset=utf-8"],
            body: value.bytes,
            hasChangedTenant: changed
        )
    }

    /// A JSON body of one of the report types.
    static func json(_ status: Int, encoding value: some Encodable) -> Reply {
        Reply(status: status, headers: ["Content-Type": "application/json"], body: encodedJSON(value))
    }

    /// No body at all.
    static func empty(_ status: Int, changed: Bool = false) -> Reply {
        Reply(status: status, hasChangedTenant: changed)
    }

    /// A run of NUL bytes, which Exchange sends where others send an error document.
    static func nulls(_ status: Int) -> Reply {
        Reply(status: status, headers: ["Content-Type": "application/json"], body: Data(count: nulByteCount))
    }

    private static let nulByteCount = 512
}

/// What the listener does in the end.
enum Delivery: Sendable {
    case reply(Reply)
    /// Close the connection without a reply.
    case drop
}
