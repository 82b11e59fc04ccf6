import Foundation

/// The directory's throttle: every call costs units, and a tenant has so many in ten seconds for each application.
///
/// Source: Microsoft Graph service-specific throttling limits, "Identity and access".
struct ResourceUnits: Sendable {
    /// Length of the window in seconds of real time.
    static let windowSeconds = 10.0
    /// From which share of the limit on the service says how much is used.
    private static let announcedShare = 0.8

    private var windows: [String: [(time: Date, cost: Int)]] = [:]
    private var closedUntil: [String: Date] = [:]

    /// What a call found.
    struct Verdict: Sendable {
        let headers: [String: String]
        let isRefused: Bool
        /// The client came before the time it was told.
        let isImpatient: Bool
    }

    /// How much a call costs; nil for a call of another service.
    static func cost(_ kind: GraphRoute.Kind, _ call: Call) -> Int? {
        let base: Int
        switch kind {
        case .listUsers, .getUser, .usersDelta: base = 2
        case .listMembers: base = 3
        case .listGroups, .getGroup, .groupsDelta: base = 1
        default: return nil
        }
        let names = Set(call.query.map(\.name))
        let isSelected = names.contains("$select") || names.contains("$skiptoken") || names.contains("$deltatoken")
        let isShort = call.query("$top").flatMap(Int.init).map { $0 < 20 } ?? false
        return max(1, base - (isSelected ? 1 : 0) - (isShort ? 1 : 0))
    }

    /// The limit of a tenant of that many users.
    static func limit(users: Int) -> Int { users < 50 ? 3_500 : users <= 500 ? 5_000 : 8_000 }

    /// Counts a call, a refused one too.
    mutating func take(_ cost: Int, of limit: Int, _ claims: TokenClaims, at now: Date) -> Verdict {
        let key = "\(claims.appid) \(claims.tid)"
        let isImpatient = closedUntil[key].map { $0 > now } ?? false
        var window = windows[key, default: []]
        window.removeAll { now.timeIntervalSince($0.time) >= ResourceUnits.windowSeconds }
        window.append((now, cost))
        windows[key] = window
        let used = window.reduce(0) { $0 + $1.cost }
        let share = Double(used) / Double(limit)
        var headers = ["x-ms-resource-unit": "\(cost)"]
        if share >= ResourceUnits.announcedShare {
            headers["x-ms-throttle-limit-percentage"] = String(format: "%.1f", min(share, 1.8))
        }
        guard used > limit else { return Verdict(headers: headers, isRefused: false, isImpatient: isImpatient) }
        let pause = ResourceUnits.windowSeconds - now.timeIntervalSince(window[0].time)
        headers["Retry-After"] = String(format: "%.3f", pause)
        headers["x-ms-throttle-scope"] = "Tenant_Application/Read/\(claims.appid)/\(claims.tid)"
        headers["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
        closedUntil[key] = now.addingTimeInterval(pause)
        return Verdict(headers: headers, isRefused: true, isImpatient: isImpatient)
    }
}
