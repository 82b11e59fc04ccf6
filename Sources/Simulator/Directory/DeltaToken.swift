import Foundation

/// What the opaque part of a delta link holds.
struct DeltaToken: Codable, Sendable, Equatable {
    /// After so many seconds of simulated time a delta link is dead (Microsoft Graph "Delta query overview": 7 days).
    static let life = 7 * 24 * 60 * 60.0

    let tenant: String
    let kind: EntryKind
    /// The properties that are tracked, frozen when the first round began.
    let select: [String]
    let epoch: Int
    /// Whether it leads to the next page of a round; else to the next round.
    var isPage = false
    /// When the link was made, in seconds of simulated time since 1970.
    var issued: Double
    /// Whether the round lists everything; else it tells changes.
    var isFull: Bool
    /// From which change on the next round tells.
    var base: Int
    /// The number of the next object of a full round, or of the next change.
    var cursor: Int
    /// How many members of that group were told already.
    var offset = 0

    var text: String { base64URL(encodedJSON(self)) }

    init(tenant: String, kind: EntryKind, select: [String], epoch: Int, issued: Double, isFull: Bool, base: Int) {
        self.tenant = tenant
        self.kind = kind
        self.select = select
        self.epoch = epoch
        self.issued = issued
        self.isFull = isFull
        self.base = base
        cursor = isFull ? 0 : base
    }

    init?(text: String) {
        guard let data = base64URLDecoded(text), let token = try? JSONDecoder().decode(DeltaToken.self, from: data)
        else { return nil }
        self = token
    }

    /// Whether the simulator can have given it, to whoever holds it now.
    ///
    /// Pure. Whoever makes tokens of their own is refused, and cannot make it count below zero.
    func isGenuine(_ kind: EntryKind, tenant: String, isPage: Bool) -> Bool {
        self.kind == kind && self.tenant == tenant && self.isPage == isPage && base >= 0 && cursor >= 0 && offset >= 0
            && People.deltaProperties(kind).isSuperset(of: select)
    }
}
