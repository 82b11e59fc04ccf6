/// Which modules a target may use: the directions of the design.
///
/// A target that is not listed here is a finding: whoever adds one decides its place.
struct ModuleTable: Sendable {
    /// What one target may import.
    struct Entry: Sendable {
        /// Targets of ours.
        let own: Set<String>
        /// Products of other packages.
        let libraries: Set<String>
        /// Modules of the toolchain or the system.
        let system: Set<String>
    }

    /// What every target may import: no input, no output, no C.
    static let everywhere: Set<String> = ["Foundation", "Synchronization"]

    /// The targets that may use the system's C, with the reason.
    static let cReasons: [String: String] = [
        "AMQP": "the C boundary: librabbitmq, poll, threads",
        "MailPolicy": "the DNS resolver, c-ares",
        "Telemetry": "the datagram that systemd listens for",
    ]

    /// The targets under `Sources`.
    static let sources: [String: Entry] = [
        "CRabbitMQ": Entry(own: [], libraries: [], system: []),
        "CAres": Entry(own: [], libraries: [], system: []),
        "AMQP": Entry(own: ["CRabbitMQ"], libraries: ["DequeModule"], system: ["Glibc"]),
        "JobModel": Entry(own: [], libraries: [], system: []),
        "JobQueue": Entry(own: ["AMQP", "JobModel"], libraries: [], system: []),
        "DatabaseFile": Entry(own: [], libraries: ["GRDB"], system: []),
        "Ledger": Entry(own: ["DatabaseFile", "JobModel"], libraries: ["Crypto", "GRDB"], system: []),
        "ExecutorChannel": Entry(own: [], libraries: ["SystemPackage"], system: []),
        "WorkerRuntime": Entry(
            own: ["AMQP", "ExecutorChannel", "JobModel", "JobQueue", "Ledger"],
            libraries: [
                "DequeModule", "Logging", "Metrics", "ServiceLifecycle", "Subprocess", "SystemPackage", "Tracing",
            ],
            system: []
        ),
        "Microsoft365": Entry(
            own: [],
            libraries: Self.http.union(["Crypto", "JWTKit", "Logging", "SwiftASN1", "Tracing", "X509"]),
            system: []
        ),
        "MailPolicy": Entry(own: [], libraries: [], system: ["CAres", "Glibc"]),
        "Executors": Entry(
            own: ["ExecutorChannel", "JobModel", "MailPolicy", "Microsoft365"],
            libraries: ["Crypto", "Logging", "SystemPackage", "Tracing"],
            system: []
        ),
        "Telemetry": Entry(
            own: [],
            libraries: Self.http.union(Self.server).union([
                "Instrumentation", "Logging", "ServiceContextModule", "Tracing",
            ]),
            system: ["Glibc"]
        ),
        "Desk": Entry(
            own: ["AMQP", "DatabaseFile", "JobModel", "JobQueue"],
            libraries: ["Crypto", "GRDB", "Logging", "ServiceLifecycle"],
            system: []
        ),
        // Its webhook is HTTP of its own: neither Microsoft's nor a console's.
        "Notifier": Entry(
            own: ["AMQP", "JobModel", "JobQueue", "Ledger"],
            libraries: Self.http.union(["Crypto", "Logging", "Mustache", "Subprocess", "SystemPackage"]),
            system: []
        ),
        "Operations": Entry(
            own: ["AMQP", "Desk", "JobModel", "JobQueue", "Ledger", "MailPolicy", "Microsoft365"],
            libraries: ["Crypto", "Logging", "Subprocess", "SystemPackage"],
            system: []
        ),
        "Console": Entry(
            own: ["Desk", "JobModel", "JobQueue", "Ledger"],
            libraries: Self.server.union(["Logging", "Mustache", "ServiceLifecycle"]),
            system: []
        ),
        "sluice": Entry(
            own: [
                "AMQP", "Console", "Desk", "ExecutorChannel", "Executors", "JobModel", "JobQueue", "Ledger",
                "MailPolicy",
                "Microsoft365", "Notifier", "Operations", "Telemetry", "WorkerRuntime",
            ],
            libraries: [
                "ArgumentParser", "Configuration", "Logging", "Metrics", "ServiceLifecycle", "SystemPackage", "Tracing",
                "UnixSignals", "Yams",
            ],
            system: []
        ),
        "Simulator": Entry(
            own: [],
            libraries: Self.server.union(["Crypto", "JWTKit", "Logging", "ServiceLifecycle", "SwiftASN1", "X509"]),
            system: []
        ),
        "sluice-simulator": Entry(
            own: ["Simulator"],
            libraries: ["ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals"],
            system: ["Dispatch"]
        ),
    ]

    /// What tests may import beside the targets of ours: each tests its own module, so databases and HTTP stay at home.
    static let testLibraries: [String: Set<String>] = [
        "DatabaseFileTests": ["GRDB"], "LedgerTests": ["GRDB"], "DeskTests": ["GRDB"],
        "Microsoft365Tests": Self.http.union(["Crypto", "JWTKit", "SwiftASN1", "X509"]),
        "SimulatorTests": Self.http.union(Self.server).union(["Crypto", "JWTKit", "SwiftASN1", "X509"]),
        "ConsoleTests": Self.http.union(Self.server),
        "ExecutorsTests": ["Crypto"],
        "AcceptanceTests": ["AsyncHTTPClient"],
        "TelemetryTests": ["Instrumentation", "ServiceContextModule", "Tracing"],
        "TestSupport": ["Crypto", "X509"],
    ]

    /// What any test may import.
    static let testEverywhere: Set<String> = [
        "Dispatch", "Foundation", "FoundationNetworking", "Glibc", "Logging", "ServiceLifecycle", "Subprocess",
        "Synchronization",
        "SystemPackage", "Testing",
    ]

    private static let http: Set<String> = [
        "AsyncHTTPClient", "HTTPTypes", "NIOCore", "NIOFoundationCompat", "NIOHTTP1", "NIOPosix", "NIOSSL",
    ]
    private static let server: Set<String> = [
        "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "NIOCore", "NIOFoundationCompat", "NIOHTTP1",
        "NIOPosix",
        "NIOSSL",
    ]

    /// Whether a file of a target may import a module.
    static func allows(_ module: String, area: String, target: String) -> Bool {
        if area == "Tests" {
            let libraries = self.testEverywhere.union(self.testLibraries[target] ?? [])
            return libraries.contains(module) || module == "TestSupport"
                || (self.sources[module] != nil && module != "CRabbitMQ")
        }
        guard let entry = self.sources[target] else { return false }
        return self.everywhere.union(entry.own).union(entry.libraries).union(entry.system).contains(module)
    }
}
