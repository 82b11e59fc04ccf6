// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, imports are internal and named where they are used.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "sluice-simulator", targets: ["sluice-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: [.defaults, "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // The road of a job, from the C client up: AMQP → JobQueue → WorkerRuntime → sluice.
        .systemLibrary(
            name: "CRabbitMQ",
            pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev", "libssl-dev"])]
        ),
        .target(name: "AMQP", dependencies: ["CRabbitMQ", deque], swiftSettings: strict + [.strictMemorySafety()]),
        .target(name: "JobModel", swiftSettings: strict),
        .target(name: "JobQueue", dependencies: ["AMQP", "JobModel"], swiftSettings: strict),
        .target(name: "DatabaseFile", dependencies: [grdb], swiftSettings: strict),
        .target(name: "Ledger", dependencies: ["DatabaseFile", "JobModel", crypto, grdb], swiftSettings: strict),
        .target(
            name: "Desk",
            dependencies: ["AMQP", "DatabaseFile", "JobModel", "JobQueue", crypto, grdb, logging],
            swiftSettings: strict
        ),
        .target(name: "ExecutorChannel", dependencies: [systemPackage], swiftSettings: strict),
        .target(
            name: "WorkerRuntime",
            dependencies: [
                "ExecutorChannel", "JobModel", "JobQueue", "Ledger", deque, logging, subprocess, systemPackage, tracing,
            ],
            swiftSettings: strict
        ),
        // The other side of the pipe: executors and the service they change.
        .target(
            name: "Microsoft365",
            dependencies: [asyncHTTPClient, crypto, jwtKit, logging, nioCore, nioHTTP1, nioPosix, tracing],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .target(name: "MailPolicy", dependencies: ["CAres"], swiftSettings: strict),
        .target(
            name: "Executors",
            dependencies: [
                "ExecutorChannel", "JobModel", "MailPolicy", "Microsoft365", crypto, logging, systemPackage, tracing,
            ],
            swiftSettings: strict
        ),
        // What is seen from outside: health, metrics, traces, the service manager.
        .target(
            name: "Telemetry",
            dependencies: [asyncHTTPClient, httpTypes, hummingbird, logging, nioCore, nioHTTP1, tracing],
            swiftSettings: strict
        ),
        // What people are told, and how it leaves.
        .target(
            name: "Notifier",
            dependencies: [
                "AMQP", "JobModel", "JobQueue", "Ledger", asyncHTTPClient, crypto, logging, mustache, nioCore, nioHTTP1,
                nioPosix, nioSSL, subprocess, systemPackage,
            ],
            swiftSettings: strict
        ),
        // What people type.
        .target(
            name: "Operations",
            dependencies: ["AMQP", "JobModel", "JobQueue", "Microsoft365", crypto, subprocess, systemPackage],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "AMQP", "Desk", "Executors", "JobModel", "JobQueue", "Ledger", "MailPolicy", "Microsoft365", "Notifier",
                "Operations", "Telemetry", "WorkerRuntime", argumentParser, configuration, logging, systemPackage,
                tracing, unixSignals,
                yams,
            ],
            swiftSettings: strict
        ),
        // Microsoft 365 for the demo and the tests. Nothing above knows it.
        .target(
            name: "Simulator",
            dependencies: [crypto, httpTypes, hummingbird, jwtKit, logging, nioCore, nioPosix, serviceLifecycle],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "sluice-simulator",
            dependencies: ["Simulator", argumentParser, logging],
            swiftSettings: strict
        ),
        // Tests: what they share, then one target a module, what needs a real broker apart, then the whole.
        .target(
            name: "TestSupport",
            dependencies: ["AMQP", "JobModel", "JobQueue", "Operations", "Simulator", subprocess, systemPackage],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "AMQPTests", dependencies: ["AMQP", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: ["AMQP", "JobModel", "TestSupport", "WorkerRuntime", logging],
            swiftSettings: strict
        ),
        .testTarget(name: "JobModelTests", dependencies: ["JobModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "JobQueueTests",
            dependencies: ["AMQP", "JobModel", "JobQueue", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ExecutorChannelTests",
            dependencies: ["ExecutorChannel", "TestSupport", systemPackage],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DeskTests",
            dependencies: ["AMQP", "Desk", "JobModel", "JobQueue", "TestSupport", grdb, logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DatabaseFileTests",
            dependencies: ["DatabaseFile", "TestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["JobModel", "Ledger", "TestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerRuntimeTests",
            dependencies: ["JobModel", "JobQueue", "Ledger", "TestSupport", "WorkerRuntime", logging, systemPackage],
            exclude: ["executor.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "Microsoft365Tests",
            dependencies: [
                "Microsoft365", "Simulator", "TestSupport", asyncHTTPClient, jwtKit, logging, nioCore, nioHTTP1,
                nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MailPolicyTests",
            dependencies: ["MailPolicy", "Simulator", "TestSupport", "sluice"],
            exclude: ["foreign_spf.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ExecutorsTests",
            dependencies: [
                "ExecutorChannel", "Executors", "JobModel", "MailPolicy", "Microsoft365", "Simulator", "TestSupport",
                logging, systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", logging, tracing],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NotifierTests",
            dependencies: ["JobModel", "Notifier", "TestSupport"],
            exclude: ["mail.py", "smtp_sink.py", "webhook_sink.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "OperationsTests",
            dependencies: ["AMQP", "JobModel", "JobQueue", "Microsoft365", "Operations", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["Simulator", "TestSupport", asyncHTTPClient, crypto, jwtKit, nioCore, nioHTTP1],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: [
                "AMQP", "Desk", "JobModel", "JobQueue", "Operations", "Simulator", "TestSupport", "sluice",
                "sluice-simulator",
            ],
            exclude: ["foreign_console.py", "observability.py"],
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
