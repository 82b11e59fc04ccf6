import Foundation

/// A payload as an operator may see it without asking for more: its shape, with people's names taken out.
package enum Redaction {
    /// The longest text that is shown whole, in characters.
    private static let lengthMax = 80
    /// Members whose text says what a mail or a person is about.
    private static let hidden: Set<String> = [
        "subject", "reason", "requestedby", "displayname", "secret", "password", "token", "key", "clientsecret",
    ]

    /// The JSON with addresses cut to their first letter and domain, telling members hidden, and long texts cut; indented.
    ///
    /// What is no JSON is described by its length alone.
    package static func text(of body: [UInt8]) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]) else {
            return "(\(body.count) bytes that are no JSON)"
        }
        return self.pretty(self.redacted(value, under: ""))
    }

    /// The JSON as it is, indented; the bytes as text where it is none.
    package static func plain(_ body: [UInt8]) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]) else {
            return String(decoding: body, as: UTF8.self)
        }
        return self.pretty(value)
    }

    private static func pretty(_ value: Any) -> String {
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed,
        ]
        let data = try? JSONSerialization.data(withJSONObject: value, options: options)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func redacted(_ value: Any, under name: String) -> Any {
        if let object = value as? [String: Any] {
            return Dictionary(uniqueKeysWithValues: object.map { ($0.key, self.redacted($0.value, under: $0.key)) })
        }
        if let array = value as? [Any] { return array.map { self.redacted($0, under: name) } }
        guard let text = value as? String else { return value }
        return self.redacted(text, under: name)
    }

    /// One text; an envelope's `subject` is the tenant, and no secret.
    static func redacted(_ text: String, under name: String) -> String {
        if let at = text.lastIndex(of: "@"), at > text.startIndex {
            return text.prefix(1) + "***" + text[at...].prefix(self.lengthMax)
        }
        let isIdentifier = UUID(uuidString: text) != nil
        if self.hidden.contains(name.lowercased()), !isIdentifier { return "(\(text.count) characters)" }
        return text.count > self.lengthMax ? "\(text.prefix(self.lengthMax))… (\(text.count) characters)" : text
    }
}
