/// What `eventually` throws when its condition stayed false.
package struct NeverHappened: Error, CustomStringConvertible {
    /// What did not come true, and in which time.
    package let description: String
}

/// Waits until the condition holds, and throws `NeverHappened` when it does not within the time.
///
/// The condition is asked again after `interval`, by default a few milliseconds, so a test takes no longer than what it
/// waits for.
package func eventually(
    within time: Duration = .seconds(10),
    _ what: String = "the condition",
    every interval: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "\(what) did not come true within \(time)")
        }
        try await Task.sleep(for: interval)
    }
}
