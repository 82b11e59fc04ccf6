/// How values are written into the addresses of Microsoft Graph's mail calls.
///
/// A `+` that is not encoded is read as a space, and the search then finds nothing instead of failing (Microsoft Graph
/// documentation, issue 4101). So only RFC 3986's unreserved characters ever stay as they are.
enum MailText {
    /// A query of options in their order; values come as they are and are encoded here.
    static func query(_ options: [(name: String, value: String)]) -> String {
        "?" + options.map { "\($0.name)=\($0.value.formEncoded)" }.joined(separator: "&")
    }

    /// A segment of a path.
    static func segment(_ text: String) -> String { text.formEncoded }

    /// A text as an OData literal inside an option's value: quotes doubled; ``query(_:)`` encodes the whole.
    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
