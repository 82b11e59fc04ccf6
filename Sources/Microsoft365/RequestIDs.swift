import Foundation

/// The `client-request-id` of each call, by which Microsoft's support finds it.
///
/// The calls of one ``Microsoft365``, and so of one attempt of a job, have their first two groups of digits in common: whoever
/// looks at a tenant's calls can tell which belong together.
struct RequestIDs: Sendable {
    /// The bytes that stand for the attempt.
    private let prefix: [UInt8]

    /// A GUID begins with eight digits, a hyphen and four more.
    private static let prefixBytes = 6

    /// The ids of another attempt; chance chooses what they have in common.
    init() { self.prefix = withUnsafeBytes(of: UUID().uuid) { Array($0.prefix(Self.prefixBytes)) } }

    /// Another id, random behind what all have in common (RFC 9562, version 4).
    func next() -> UUID {
        var bytes = UUID().uuid
        withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: self.prefix) }
        return UUID(uuid: bytes)
    }
}
