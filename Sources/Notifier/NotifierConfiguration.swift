package import AMQP
package import Ledger

/// How a notifier works: everything that its surroundings decide.
package struct NotifierConfiguration: Sendable {
    /// Its name, in dead letters and in the log.
    package let name: String
    /// The gateway's name, as people read it.
    package let gateway: String
    /// Whom people may ask, an e-mail address; nil for nobody.
    package let contact: String?
    /// Who is told of dead letters; may be empty.
    package let operators: [String]
    /// How many mails they get about deaths of one kind.
    package let deaths: DeathAllowance
    /// How often a notification is handed over, and how patiently.
    package let policy: DeliveryPolicy
    /// How many notifications are under way at once.
    package let concurrency: UInt16
    /// How to reach the broker.
    package let broker: ConnectionOptions

    /// Collects the parts.
    package init(
        name: String,
        gateway: String,
        contact: String?,
        operators: [String],
        deaths: DeathAllowance,
        policy: DeliveryPolicy,
        concurrency: UInt16,
        broker: ConnectionOptions
    ) {
        self.name = name
        self.gateway = gateway
        self.contact = contact
        self.operators = operators
        self.deaths = deaths
        self.policy = policy
        self.concurrency = concurrency
        self.broker = broker
    }

    /// What every mail says of the gateway.
    var surroundings: NoticeSurroundings { NoticeSurroundings(gateway: self.gateway, contact: self.contact) }
}
