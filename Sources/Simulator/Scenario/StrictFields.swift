/// Reads an object key by key and refuses the keys nobody asked for.
///
/// A misspelt key in a scenario would otherwise switch nothing on and a test would pass for the wrong reason.
struct StrictFields<Key: CodingKey & CaseIterable> {
    private let container: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder, _ keys: Key.Type) throws {
        let known = Set(Key.allCases.map(\.stringValue))
        let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let stray = found.sorted().first(where: { !known.contains($0) }) {
            let text = "unknown key '\(stray)'; the keys are \(known.sorted().joined(separator: ", "))"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// Replaces the default when the key is there.
    func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        guard container.contains(key) else { return }
        value = try container.decode(Value.self, forKey: key)
    }

    /// Reads a key that has no default.
    func require<Value: Decodable>(_ key: Key) throws -> Value { try container.decode(Value.self, forKey: key) }
}

/// A coding key of any name.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
