import Testing

@testable import WorkerRuntime

@Suite("How long it is waited before another try")
struct BackoffTests {
    /// The pauses in milliseconds after tries that went well for so many seconds, without chance.
    private func pauses(_ lived: [Int]) -> [Int] {
        var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(500), healthyTime: .seconds(30))
        return lived.map { Int(backoff.pause(after: .seconds($0), jitter: 1) / .milliseconds(1)) }
    }

    @Test(
        "Pauses double up to the longest, and only what went well for a while makes them short again",
        arguments: [
            ([0, 0, 0, 0, 0], [100, 200, 400, 500, 500]),
            ([0, 0, 29, 29], [100, 200, 400, 500]),
            ([0, 0, 30, 0], [100, 200, 100, 200]),
        ]
    )
    func doubling(lived: [Int], pauses: [Int]) { #expect(self.pauses(lived) == pauses) }

    @Test("Chance shortens a pause by up to a half")
    func chance() {
        var backoff = Backoff(first: .seconds(2), longest: .seconds(2), healthyTime: .seconds(30))
        #expect(backoff.pause(after: .zero, jitter: 0) == .seconds(1))
        #expect(backoff.pause(after: .zero, jitter: 0.5) == .seconds(1.5))
    }
}
