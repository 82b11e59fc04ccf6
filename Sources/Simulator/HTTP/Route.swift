/// Where a call leads, found before anything is decided about it.
struct Route: Sendable {
    /// The name used in fault rules and in the journal.
    let name: String
    /// The GUID of the tenant the call speaks of, when it can be told.
    let tenant: String?
    /// Carried out, the call may change the tenant.
    let mayChangeTenant: Bool
    /// What the bearer token holds, when it is one of ours; its life is not checked yet.
    var claims: TokenClaims?
    /// The mailbox the call speaks of, when there is one.
    var mailbox: RouteMailbox?
}

/// One of the three services that play Microsoft 365.
protocol SimulatedService: Sendable {
    /// Finds the route; changes nothing.
    func route(_ call: Call) async -> Route
    /// Decides and carries out.
    func answer(_ call: Call, _ route: Route) async -> Reply
    /// The envelope in which this service wraps an error.
    func errorReply(status: Int, code: String, message: String, _ call: Call) -> Reply
}
