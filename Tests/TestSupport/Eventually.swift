/// What `eventually` throws when its condition stayed false.
package struct NeverHappened: Error, CustomStringConvertible {
    /// What did not come true, and in which time.
    package let description: String
}

/// How many times as long things may take as on a quiet machine: a thousand tests run side by side.
private let slowness = 4

/// Waits until the condition holds, and throws `NeverHappened` when it does not within the time.
///
/// The time is that of a quiet machine; it is given several times over, as no test is about how fast the machine is. The
/// condition is asked again after `interval`, by default a few milliseconds, so a test takes no longer than what it waits for.
package func eventually(
    within time: Duration = .seconds(10),
    _ what: String = "the condition",
    every interval: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time * slowness
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "\(what) did not come true within \(time * slowness)")
        }
        try await Task.sleep(for: interval)
    }
}

/// What `never` throws when its condition came true.
package struct Happened: Error, CustomStringConvertible {
    /// What came true, and in which time.
    package let description: String
}

/// Watches the condition for just the time, and throws `Happened` when it holds.
package func never(
    within time: Duration,
    _ what: String,
    every interval: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
        if try await condition() { throw Happened(description: "\(what) came true within \(time)") }
        try await Task.sleep(for: interval)
    }
}
