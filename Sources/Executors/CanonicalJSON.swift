import Foundation

/// JSON that is the same for equal values: keys sorted, slashes plain.
///
/// Hashes are taken over it, so its form must not change.
enum CanonicalJSON {
    /// Encodes a value.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .millisecondsSince1970
        return Array(try encoder.encode(value))
    }
}
