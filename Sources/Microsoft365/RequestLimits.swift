/// The bounds of all calls: how long, how big, how often.
package struct RequestLimits: Equatable, Sendable {
    /// The longest wait for one answer of login or Graph, from connecting to the last byte.
    package var requestTime: Duration
    /// The longest wait for one Exchange command; they take seconds at best and a minute at worst.
    package var commandTime: Duration
    /// The biggest answer that is read, in bytes.
    package var answerBytesMax: Int
    /// The most pages of one list that are read.
    package var pagesMax: Int
    /// How many times a read is sent in all, 1 or more.
    package var readAttemptsMax: Int
    /// The first pause before a read is repeated; it doubles each time and is shortened by chance to no less than half.
    package var readPause: Duration
    /// The longest pause within a call; a service that asks for more is `throttled`, and the job waits instead.
    package var readPauseMax: Duration
    /// How long after the first attempt a read may still be repeated.
    package var readTimeMax: Duration

    /// Makes limits; every bound is said by whoever puts the program together.
    package init(
        requestTime: Duration,
        commandTime: Duration,
        answerBytesMax: Int,
        pagesMax: Int,
        readAttemptsMax: Int,
        readPause: Duration,
        readPauseMax: Duration,
        readTimeMax: Duration
    ) {
        precondition(readAttemptsMax >= 1, "a read is sent at least once")
        precondition(pagesMax >= 1, "a list has at least one page")
        self.requestTime = requestTime
        self.commandTime = commandTime
        self.answerBytesMax = answerBytesMax
        self.pagesMax = pagesMax
        self.readAttemptsMax = readAttemptsMax
        self.readPause = readPause
        self.readPauseMax = readPauseMax
        self.readTimeMax = readTimeMax
    }

    /// The limits of the product: a write ends within two minutes, a read within five, and of an answer 8 MiB are held at most.
    package static let standard = Self(
        requestTime: .seconds(30),
        commandTime: .seconds(100),
        answerBytesMax: 8 << 20,
        pagesMax: 1_000,
        readAttemptsMax: 3,
        readPause: .milliseconds(500),
        readPauseMax: .seconds(5),
        readTimeMax: .seconds(60),
    )
}
