package import AMQP
package import JobModel
import JobQueue
package import SystemPackage

/// Everything a worker has to be told; the executable composes it.
package struct WorkerConfiguration: Sendable {
    /// The worker's name in messages: letters, digits, `.`, `_` and `-`, unique among the workers of a broker.
    package var name: String
    /// Which job types it takes.
    package var types: [JobType]
    /// How many jobs of one type it runs at once, from 1 to 1,000.
    package var concurrency: Int
    /// How many of them one tenant may have, from 1 to `concurrency`.
    package var tenantConcurrency: Int
    /// How jobs are tried again.
    package var retry: RetryPolicy
    /// How long running jobs may go on after SIGTERM before they are handed back.
    package var drainLimit: Duration
    /// How long the ledger remembers jobs that have ended; longer than any message of one may still come.
    package var ledgerRetention: Duration
    /// What jobs may do to a tenant within an hour; a type without one is not counted.
    package var allowances: [HourlyAllowance]
    /// What a job with that data has done, as what it remembers says, for the result of one that is called off; nil when
    /// that says nothing.
    package var account: @Sendable (JobType, [UInt8], String) -> JobAccount? = { _, _, _ in nil }
    /// How to reach the broker.
    package var broker: ConnectionOptions
    /// How to start the executor of a type.
    package var executor: @Sendable (JobType) -> ExecutorCommand

    /// Collects the parts.
    package init(
        name: String,
        types: [JobType],
        concurrency: Int,
        tenantConcurrency: Int,
        retry: RetryPolicy,
        drainLimit: Duration,
        ledgerRetention: Duration,
        allowances: [HourlyAllowance] = [],
        broker: ConnectionOptions,
        executor: @escaping @Sendable (JobType) -> ExecutorCommand
    ) {
        self.name = name
        self.types = types
        self.concurrency = concurrency
        self.tenantConcurrency = tenantConcurrency
        self.retry = retry
        self.drainLimit = drainLimit
        self.ledgerRetention = ledgerRetention
        self.allowances = allowances
        self.broker = broker
        self.executor = executor
    }

    /// The queues of its types.
    var queues: [(type: JobType, queue: String)] {
        self.types.flatMap { type in JobTopology.keys(of: type).map { (type, JobTopology.queue(forKey: $0)) } }
    }

    /// How the places of a type are given away; a tenant's changes come one after the other anyway.
    func limits(of type: JobType) -> Turns<Attempt>.Limits {
        Turns.Limits(
            places: self.concurrency,
            tenantPlaces: type.changesTenant ? 1 : self.tenantConcurrency,
            heldMax: max(1, self.concurrency / 2)
        )
    }
}

/// How to start one executor process.
package struct ExecutorCommand: Sendable {
    /// The program: this one.
    package var executable: FilePath
    /// Its arguments; never a secret, as anyone on the host can read them.
    package var arguments: [String]
    /// Its whole environment: only what its own job type needs.
    package var environment: [String: String]

    /// Collects the parts.
    package init(executable: FilePath, arguments: [String], environment: [String: String]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}
