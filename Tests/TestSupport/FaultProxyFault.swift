/// What a bad network does to the connections of a ``FaultProxy``; the words are those of toxiproxy.
package enum ProxyFault: Sendable, Equatable {
    /// Bytes arrive later, by up to `jitter` more.
    ///
    /// What comes in during the wait is passed on together, so a stream may wait twice as long but never piles up.
    case latency(Duration, jitter: Duration)
    /// So many bytes a second and connection.
    case bandwidth(bytesPerSecond: Int)
    /// Bytes arrive in pieces of at most so many, with a pause after each.
    case slicer(bytes: Int, pause: Duration)
    /// Nothing passes and nothing is closed: a half-open connection.
    ///
    /// Nothing is lost either: once healed, what was held back goes on.
    case timeout
    /// Bytes are taken and thrown away, ends of streams too.
    ///
    /// With `.down` on the broker's connection the publishes arrive and their confirms are lost. A stream with a hole is
    /// of no use, so healing resets the connections that lost something.
    case drop
    /// The end of a stream is passed on so much later.
    case slowClose(Duration)
    /// Each connection ends once it has carried so many bytes, counted from its beginning.
    case limitData(bytes: Int)
    /// All open connections are reset (RST), once; new ones are welcome.
    case resetPeer
    /// Open connections are reset and new ones refused.
    case down
}

/// Which way bytes go.
package enum ProxyDirection: Sendable, Equatable {
    /// From the client to the target.
    case up
    /// From the target to the client.
    case down
    /// Either way.
    case both

    func covers(_ other: ProxyDirection) -> Bool { self == .both || self == other }
}

/// When a fault begins, counted from when it was set.
package enum ProxyMoment: Sendable, Equatable {
    /// At once.
    case now
    /// Once so many bytes more have passed in the fault's direction, over all connections; they still arrive.
    case afterBytes(Int)
    /// After a time.
    case after(Duration)
}
