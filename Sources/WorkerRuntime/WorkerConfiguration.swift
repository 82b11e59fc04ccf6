package import AMQP
package import JobModel
package import SystemPackage

/// Everything a worker has to be told; the executable composes it.
package struct WorkerConfiguration: Sendable {
    /// The worker's name in messages: letters, digits, `.`, `_` and `-`, unique among the workers of a broker.
    package var name: String
    /// Which job types it takes.
    package var types: [JobType]
    /// How many jobs of one queue it runs at once, from 1 to 1,000; also the prefetch, so that nothing is hoarded.
    package var concurrency: Int
    /// How jobs are tried again.
    package var retry: RetryPolicy
    /// How long running jobs may go on after SIGTERM before they are handed back.
    package var drainLimit: Duration
    /// How to reach the broker.
    package var broker: ConnectionOptions
    /// How to start the executor of a type.
    package var executor: @Sendable (JobType) -> ExecutorCommand

    /// Collects the parts.
    package init(
        name: String,
        types: [JobType],
        concurrency: Int,
        retry: RetryPolicy,
        drainLimit: Duration,
        broker: ConnectionOptions,
        executor: @escaping @Sendable (JobType) -> ExecutorCommand
    ) {
        self.name = name
        self.types = types
        self.concurrency = concurrency
        self.retry = retry
        self.drainLimit = drainLimit
        self.broker = broker
        self.executor = executor
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
