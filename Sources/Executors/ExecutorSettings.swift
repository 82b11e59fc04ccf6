package import Foundation
package import MailPolicy
package import Microsoft365

/// What the executable tells its executors: read from configuration there, never here.
package struct ExecutorSettings: Sendable {
    /// The pause before the first look whether a grant has taken effect, unless configured otherwise.
    package static let propagationDelayDefault: Duration = .seconds(15)
    /// The longest pause between two looks.
    package static let propagationDelayMax: Duration = .seconds(5 * 60)

    /// Where login, Graph and Exchange are.
    package var endpoints: CloudEndpoints
    /// Who we are to the login service.
    package var application: Application
    /// The process's connections; shut down by who opened them.
    package var transport: Transport
    /// The bounds of every call.
    package var limits: RequestLimits
    /// Where DNS is asked.
    package var dns: any DNSLookup
    /// Who asks what DNS says about the gateway's right to send.
    package var spf: SPFSurveyor
    /// The gateway that tenants are connected to.
    package var gateway: GatewayProfile
    /// How tenants' directories are imported.
    package var directory: DirectorySettings
    /// The first pause while a grant takes effect, above zero.
    ///
    /// It doubles with the time waited, up to ``propagationDelayMax``. Shorter makes a demo quick; the service is asked more often.
    package var propagationDelay: Duration
    /// How mailboxes are worked and how much may be moved.
    package var mailboxes = MailboxSettings.standard
    /// The time, as dates of waits are reckoned; the machine's clock in the product.
    package var now: @Sendable () -> Date

    /// Collects the parts.
    package init(
        endpoints: CloudEndpoints,
        application: Application,
        transport: Transport,
        limits: RequestLimits,
        dns: any DNSLookup,
        spf: SPFSurveyor,
        gateway: GatewayProfile,
        directory: DirectorySettings,
        propagationDelay: Duration,
        now: @escaping @Sendable () -> Date
    ) {
        precondition(propagationDelay > .zero, "a wait without a pause would be a storm")
        self.endpoints = endpoints
        self.application = application
        self.transport = transport
        self.limits = limits
        self.dns = dns
        self.spf = spf
        self.gateway = gateway
        self.directory = directory
        self.propagationDelay = propagationDelay
        self.now = now
    }
}
