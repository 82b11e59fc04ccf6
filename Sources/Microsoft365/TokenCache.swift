/// The tokens at hand, each until shortly before it expires.
///
/// Pure: time comes from the caller.
struct TokenCache {
    private struct Entry {
        let token: AccessToken
        let usableUntil: ContinuousClock.Instant
    }

    private var entries: [Resource: Entry] = [:]

    /// A token that is still good for a call, or nil.
    func token(for resource: Resource, at now: ContinuousClock.Instant) -> AccessToken? {
        guard let entry = self.entries[resource], now < entry.usableUntil else { return nil }
        return entry.token
    }

    /// Keeps a token that was asked for at `asked` and lives for `lifetime` from then.
    mutating func keep(_ token: AccessToken, asked: ContinuousClock.Instant, lifetime: Duration) {
        let margin = min(lifetime / 10, Self.marginMax)
        self.entries[token.resource] = Entry(token: token, usableUntil: asked.advanced(by: lifetime - margin))
    }

    /// Drops this very token; a newer one stays.
    mutating func drop(_ token: AccessToken) {
        guard self.entries[token.resource]?.token == token else { return }
        self.entries[token.resource] = nil
    }

    /// Drops all tokens.
    mutating func dropAll() { self.entries = [:] }

    /// How long before its end a token is no longer used, so that none expires on its way; a tenth of shorter lives.
    private static let marginMax = Duration.seconds(300)
}
