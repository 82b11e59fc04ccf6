/// How long to pause when a tenant nears its limit of resource units, so that others of the tenant's calls find room.
///
/// Source: Microsoft Graph throttling limits, "Identity and access": `x-ms-throttle-limit-percentage` is sent from 0.8 on.
enum DirectoryPace {
    /// From which share of the limit on to slow down.
    static let calmMax = 0.8
    /// The longest pause: the window that units are counted in.
    static let pauseMax = Duration.seconds(10)

    /// Pure; none below the share, a second at it, and the longest from the limit on.
    static func pause(at load: Double?) -> Duration {
        guard let load, load >= Self.calmMax else { return .zero }
        let share = min(1, (load - Self.calmMax) / (1 - Self.calmMax))
        return .seconds(1) + (Self.pauseMax - .seconds(1)) * share
    }
}
