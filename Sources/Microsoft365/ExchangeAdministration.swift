import Foundation

/// Exchange Online administration: what a gateway reads and sets in a tenant.
///
/// Every call is one command of the service behind the Exchange Online PowerShell module; the service has no public
/// contract, so all knowledge of it stays in this module. Commands of one value run one at a time, since connectors and rules
/// are not safe to change concurrently. Needs the app role Exchange.ManageAsApp and the directory role Exchange
/// Administrator: without either the service answers 401 (`unauthorized`), with the first alone 403 (`forbidden`).
///
/// An identity is a GUID or a name, never empty: some commands answer an empty one with all objects. Prefer the GUID,
/// administrators rename.
package struct ExchangeAdministration: Sendable {
    let address: ServiceAddress
    let tenant: UUID
    let sender: Sender
    let gate = SerialGate()

    /// The settings of the whole tenant; also the cheapest proof that Exchange lets us in.
    package func organizationConfig() async throws(Microsoft365Error) -> OrganizationConfig {
        fatalError()
    }

    /// Opens the tenant for customisation; it may take an hour to take effect.
    ///
    /// Run it only when ``OrganizationConfig/isDehydrated`` is true or a command threw `organizationDehydrated`: a second
    /// run is an error, which callers should pass over.
    package func enableOrganizationCustomization() async throws(Microsoft365Error) {
        fatalError()
    }

    /// The domains Exchange accepts mail for.
    package func acceptedDomains() async throws(Microsoft365Error) -> [AcceptedDomain] {
        fatalError()
    }

    /// All inbound connectors.
    package func inboundConnectors() async throws(Microsoft365Error) -> [InboundConnector] {
        fatalError()
    }

    /// One inbound connector, or nil when there is none of that identity. What comes back is checked to be the one asked for.
    package func inboundConnector(identity: String) async throws(Microsoft365Error) -> InboundConnector? {
        fatalError()
    }

    /// Makes an inbound connector and returns it as Exchange shows it.
    ///
    /// Not repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newInboundConnector(
        _ settings: InboundConnectorSettings
    ) async throws(Microsoft365Error) -> InboundConnector {
        fatalError()
    }

    /// Changes the given settings of an inbound connector.
    package func setInboundConnector(
        identity: String,
        _ settings: InboundConnectorSettings
    ) async throws(Microsoft365Error) {
        fatalError()
    }

    /// Removes an inbound connector; true when it was there, false when it was gone already.
    @discardableResult
    package func removeInboundConnector(identity: String) async throws(Microsoft365Error) -> Bool {
        fatalError()
    }

    /// All outbound connectors, also those in test mode and those for transport rules.
    ///
    /// A plain listing may hide the last two, so three listings are united by GUID.
    package func outboundConnectors() async throws(Microsoft365Error) -> [OutboundConnector] {
        fatalError()
    }

    /// One outbound connector, or nil when there is none of that identity. What comes back is checked to be the one asked for.
    package func outboundConnector(identity: String) async throws(Microsoft365Error) -> OutboundConnector? {
        fatalError()
    }

    /// Makes an outbound connector and returns it as Exchange shows it.
    ///
    /// Refused with `invalidRequest`, unsent, when the settings do not say whether it is enabled: Exchange would enable it. Not
    /// repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newOutboundConnector(
        _ settings: OutboundConnectorSettings
    ) async throws(Microsoft365Error) -> OutboundConnector {
        fatalError()
    }

    /// Changes the given settings of an outbound connector.
    package func setOutboundConnector(
        identity: String,
        _ settings: OutboundConnectorSettings
    ) async throws(Microsoft365Error) {
        fatalError()
    }

    /// Removes an outbound connector; true when it was there, false when it was gone already.
    @discardableResult
    package func removeOutboundConnector(identity: String) async throws(Microsoft365Error) -> Bool {
        fatalError()
    }

    /// All mail flow rules.
    package func transportRules() async throws(Microsoft365Error) -> [TransportRule] {
        fatalError()
    }

    /// One mail flow rule, or nil when there is none of that identity. What comes back is checked to be the one asked for.
    package func transportRule(identity: String) async throws(Microsoft365Error) -> TransportRule? {
        fatalError()
    }

    /// Makes a mail flow rule, in force or not, and returns it as Exchange shows it.
    ///
    /// Not repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newTransportRule(
        _ settings: TransportRuleSettings,
        enabled: Bool
    ) async throws(Microsoft365Error) -> TransportRule {
        fatalError()
    }

    /// Changes the given settings of a mail flow rule.
    package func setTransportRule(
        identity: String,
        _ settings: TransportRuleSettings
    ) async throws(Microsoft365Error) {
        fatalError()
    }

    /// Puts a mail flow rule in force.
    package func enableTransportRule(identity: String) async throws(Microsoft365Error) {
        fatalError()
    }

    /// Puts a mail flow rule out of force.
    package func disableTransportRule(identity: String) async throws(Microsoft365Error) {
        fatalError()
    }

    /// Removes a mail flow rule; true when it was there, false when it was gone already.
    @discardableResult
    package func removeTransportRule(identity: String) async throws(Microsoft365Error) -> Bool {
        fatalError()
    }
}
