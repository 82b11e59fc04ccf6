import JobModel

/// How much that was decided waits for the broker's confirm.
struct OutboxLoad: Sendable, Equatable {
    /// From how many messages on no more jobs are taken.
    static let rowsMax = 5_000
    /// From how many bytes of bodies on no more jobs are taken.
    static let bytesMax = 64 << 20

    /// Messages.
    private(set) var rows = 0
    /// Bytes of their bodies.
    private(set) var bytes = 0

    /// More waits.
    mutating func add(_ waiting: [OutboundMessage]) {
        self.rows += waiting.count
        self.bytes += waiting.reduce(0) { $0 + $1.body.count }
    }

    /// Less waits.
    mutating func remove(_ sent: [OutboundMessage]) {
        self.rows -= sent.count
        self.bytes -= sent.reduce(0) { $0 + $1.body.count }
    }

    /// Whether it is too much: beyond a bound, and after that until half of it has gone.
    func isTooMuch(before: Bool) -> Bool {
        let share = before ? 2 : 1
        return self.rows > Self.rowsMax / share || self.bytes > Self.bytesMax / share
    }
}
