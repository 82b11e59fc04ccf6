/// Answers questions about names: a ``Resolver``, or a table in a test.
package protocol DNSLookup: Sendable {
    /// Asks for the records of one type.
    ///
    /// The name has no dot at its end and needs no escapes. Must return in bounded time, whatever the network does.
    func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer
}

/// Asks nothing more once a moment has passed.
///
/// RFC 7208, 4.6.4, wants a limit on the time that a whole check takes, of at least 20 seconds.
package struct TimedLookup: DNSLookup {
    /// The least that RFC 7208, 4.6.4, allows for a check.
    package static let checkLimit = Duration.seconds(20)

    private let lookup: any DNSLookup
    private let end: ContinuousClock.Instant

    /// Asks `lookup` until `end`, and afterwards answers ``DNSFailure/timedOut`` itself.
    package init(_ lookup: any DNSLookup, until end: ContinuousClock.Instant) {
        self.lookup = lookup
        self.end = end
    }

    /// Asks if there is time left.
    package func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        ContinuousClock.now < self.end ? await self.lookup.lookup(name, type) : .temporaryFailure(.timedOut)
    }
}
