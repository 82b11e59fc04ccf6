/// Who logs in to the broker, with the least rights that do the work: the one table of accounts.
///
/// Rights are regular expressions over names of queues and exchanges, as RabbitMQ's page "Access Control" has them. Nobody
/// here may declare what lasts: `sluice topology apply` is the deployer's, with rights to everything in the virtual host.
package enum BrokerAccount: String, Sendable, CaseIterable {
    /// Takes jobs, publishes what comes of them; it can neither make a queue that lasts nor publish a new job.
    case worker
    /// Files dead letters and sends again what an operator decided.
    case desk
    /// Takes what people are to be told.
    case notifier
    /// Sends jobs and reads what comes of them.
    case console
    /// What an operator types: submit, watch, cancel, pause, doctor.
    case `operator`

    /// The name it logs in with.
    package var user: String { "sluice-\(self.rawValue)" }

    /// What it may declare: only queues that go with its connection.
    package var configure: String {
        switch self {
        case .worker: #"^(lock|ctl)\..*$"#
        case .operator: #"^watch\..*$"#
        case .desk, .notifier, .console: "^$"
        }
    }

    /// What it may publish to, and which queues of its own it may bind.
    package var write: String {
        switch self {
        case .worker: #"^(job\.delay\.\d\d|job\.dead|result|event|ctl\..*)$"#
        case .desk: #"^job(\.delay\.\d\d)?$"#
        case .notifier: #"^(job\.delay\.\d\d|job\.dead)$"#
        case .console: "^(job|control)$"
        case .operator: #"^(job|control|watch\..*)$"#
        }
    }

    /// What it may consume, look at, purge, and bind its own queues to.
    package var read: String {
        switch self {
        case .worker: #"^(job\.(?!dead$|unrouted$|delay\.).*|control|ctl\..*|lock\..*)$"#
        case .desk: #"^(job\.(dead|unrouted)|result\.desk)$"#
        case .notifier: #"^event\.notifier$"#
        case .console: #"^(result|event)\.console$"#
        case .operator: #"^(job|result|event|pause\..*|watch\..*)$"#
        }
    }
}
