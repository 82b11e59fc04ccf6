package import Foundation

/// What the simulated Microsoft 365 holds when it starts, and how unkind it is.
///
/// Written as JSON; every key has a default except where said, and an unknown key is refused. Example:
///
/// ```json
/// {"clock": {"kind": "virtual"},
///  "applications": [{"clientID": "11111111-aaaa-4bbb-8ccc-000000000001", "secret": "demo",
///                    "redirectURIs": ["http://127.0.0.1:8080/consented"]}],
///  "tenants": [{"id": "0a1b2c3d-0000-4000-8000-00000000c001", "initialDomain": "contoso.onmicrosoft.com",
///               "domains": [{"name": "contoso.com", "isDefault": true}],
///               "consents": {"11111111-aaaa-4bbb-8ccc-000000000001": ["Domain.Read.All"]},
///               "inboundConnectors": [{"Name": "Old gateway", "ConnectorType": "Partner", "SenderDomains": ["*"]}]}],
///  "delays": {"appRoleInTokenSeconds": 60},
///  "faults": [{"route": "exchange.New-InboundConnector", "nth": 1, "fault": {"kind": "drop-after-commit"}}]}
/// ```
///
/// Names of routes are listed at ``RouteName``, kinds of faults at ``Fault``, delays at ``Delays``, switches at
/// ``Switches``.
package struct Scenario: Codable, Sendable, Equatable {
    /// Makes every identifier and every chance the same in each run.
    ///
    /// Default 1.
    package var seed: UInt64 = 1
    /// How simulated time passes.
    package var clock = ClockSettings()
    /// The app registrations that may sign in.
    ///
    /// Required.
    package var applications: [ScenarioApplication]
    /// The tenants.
    ///
    /// Required.
    package var tenants: [ScenarioTenant]
    /// How long changes take to become visible.
    package var delays = Delays()
    /// How long every call takes, in milliseconds of real time, 0 to 60,000.
    ///
    /// Default 0.
    ///
    /// Set a few milliseconds to make overlapping changes of one tenant visible.
    package var latencyMilliseconds = 0
    /// A limit of calls per tenant and service.
    ///
    /// Default none.
    package var throttle: ThrottleLimit?
    /// What Outlook allows one application in one mailbox.
    package var mailboxLimits = MailboxLimits()
    /// What goes wrong, and when.
    package var faults: [FaultRule] = []
    /// Objects per page of a Graph list when `$top` does not say, 1 to 999.
    ///
    /// Default 100.
    package var pageSize = 100
    /// Life of an access token in seconds of simulated time, 1 to 86,400.
    ///
    /// Default 3,599.
    package var tokenLifetimeSeconds = 3599
    /// Equal token requests allowed in one second before AADSTS50196 answers.
    ///
    /// Default 20.
    package var tokenRequestsPerSecond = 20
    /// Behaviour that observers of the real service disagree on, and refusals played on purpose.
    package var switches = Switches()
    /// The names that DNS holds.
    package var dns: [ScenarioName] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case seed, clock, applications, tenants, delays, latencyMilliseconds, throttle, faults, pageSize
        case tokenLifetimeSeconds, tokenRequestsPerSecond, switches, dns, mailboxLimits
    }

    /// A scenario with these applications and tenants and defaults for the rest.
    package init(applications: [ScenarioApplication], tenants: [ScenarioTenant]) {
        self.applications = applications
        self.tenants = tenants
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        applications = try fields.require(.applications)
        tenants = try fields.require(.tenants)
        try fields.read(.seed, into: &seed)
        try fields.read(.clock, into: &clock)
        try fields.read(.delays, into: &delays)
        try fields.read(.latencyMilliseconds, into: &latencyMilliseconds)
        try fields.read(.throttle, into: &throttle)
        try fields.read(.mailboxLimits, into: &mailboxLimits)
        try fields.read(.faults, into: &faults)
        try fields.read(.pageSize, into: &pageSize)
        try fields.read(.tokenLifetimeSeconds, into: &tokenLifetimeSeconds)
        try fields.read(.tokenRequestsPerSecond, into: &tokenRequestsPerSecond)
        try fields.read(.switches, into: &switches)
        try fields.read(.dns, into: &dns)
    }

    /// Reads and checks a scenario file's content.
    package static func read(_ data: Data) throws(SimulatorError) -> Scenario {
        let scenario: Scenario
        do {
            scenario = try JSONDecoder().decode(Scenario.self, from: data)
        } catch {
            throw SimulatorError(code: .badScenario, detail: SimulatorError.describing(error))
        }
        try scenario.validate()
        return scenario
    }
}
