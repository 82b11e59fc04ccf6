/// How simulated time passes.
///
/// `real` follows the machine's clock. `virtual` stands still until the control listener advances it, or runs `scale`
/// times as fast as the machine's clock. Delays, token life and the dates of objects follow simulated time; a client's
/// assertion is checked against the machine's clock, since that is the clock the client has.
package struct ClockSettings: Codable, Sendable, Equatable {
    /// The two ways of passing time.
    package enum Kind: String, Codable, Sendable { case real, virtual }

    /// Default `real`.
    package var kind = Kind.real
    /// Simulated seconds per real second, 0 to 100,000.
    ///
    /// Default 1 for `real`, 0 for `virtual`.
    package var scale: Double?

    private enum CodingKeys: String, CodingKey, CaseIterable { case kind, scale }

    /// The machine's clock.
    package init() {}

    /// A clock of that kind.
    package init(kind: Kind, scale: Double? = nil) {
        self.kind = kind
        self.scale = scale
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.kind, into: &kind)
        try fields.read(.scale, into: &scale)
    }

    /// Simulated seconds per real second.
    var effectiveScale: Double { scale ?? (kind == .real ? 1 : 0) }
}
