import Foundation

/// Simulated time: real time since the start, scaled, plus what the control listener advanced.
struct SimulatedClock: Sendable {
    private let start: Date
    private let scale: Double
    private var advanced: TimeInterval = 0

    init(settings: ClockSettings, start: Date) {
        self.start = start
        scale = settings.effectiveScale
    }

    /// The simulated time at that real time.
    func now(real: Date) -> Date { start.addingTimeInterval(real.timeIntervalSince(start) * scale + advanced) }

    /// Moves simulated time forward.
    mutating func advance(by seconds: TimeInterval) { advanced += max(0, seconds) }
}
