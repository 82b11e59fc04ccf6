package import AMQP
import Foundation
import Synchronization

/// A real RabbitMQ broker for tests.
///
/// Tests that only need queues of their own take `shared()` and names from `unique(_:)`; tests that stop, kill or
/// starve a broker take a `private()` one. Without RabbitMQ on the machine both throw a sentence, so that such a test
/// fails and is never passed over.
package struct Broker: Sendable {
    /// Where it listens, without the password.
    package let url: String
    /// The password of the user in the URL.
    package let password: String
    /// The file that holds the password.
    package let passwordFile: String
    private let node: BrokerNode
    /// Whether other processes may be using it.
    private let isShared: Bool

    /// What went wrong with a broker, as a sentence.
    package struct Failure: Error, CustomStringConvertible {
        /// The sentence.
        package let description: String

        /// Makes a failure of a sentence.
        package init(description: String) {
            self.description = description
        }
    }

    /// The broker of this test run.
    ///
    /// It is the node of the folder in `SLUICE_TEST_BROKER_DIR`, as `deploy/test` sets it for all its processes; else one is
    /// started for this process and ends with it. It can be controlled, and neither stopped nor frozen.
    package static func shared() async throws -> Broker {
        try await sharedBroker.value
    }

    /// A broker of the caller's own, which ends with this process at the latest.
    ///
    /// Starting one takes some seconds, so tests that can take turns should share it. `settings` are lines for its
    /// rabbitmq.conf; `TLS_PORT` in them becomes a free port.
    package static func `private`(settings: String = "") async throws -> Broker {
        try Broker(await BrokerNode.started(settings: settings), isShared: false)
    }

    private init(_ node: BrokerNode, isShared: Bool) throws {
        func read(_ name: String) throws -> String {
            let text = try String(contentsOfFile: "\(node.directory)/\(name)", encoding: .utf8)
            return text.trimmingCharacters(in: .newlines)
        }
        self.node = node
        self.isShared = isShared
        self.passwordFile = "\(node.directory)/password"
        self.url = try read("url")
        self.password = try read("password")
    }

    /// The port that `TLS_PORT` became in a private broker's settings.
    package var tlsPort: UInt16? {
        let text = try? String(contentsOfFile: "\(node.directory)/tls-port", encoding: .utf8)
        return text.flatMap { UInt16($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// A name that no other test uses, for queues, exchanges and locks.
    package static func unique(_ prefix: String = "test") -> String {
        "\(prefix).\(UUID().uuidString.lowercased())"
    }

    /// Options to connect to it, to be changed as a test needs.
    package func options(name: String = "test") throws -> ConnectionOptions {
        try ConnectionOptions(url: url, password: password, connectionName: name)
    }

    /// Opens a connection to it.
    package func connect(name: String = "test") async throws -> Connection {
        try await Connection.open(options(name: name))
    }

    /// Runs `rabbitmqctl` against it; on the shared one only what concerns names of the caller's own.
    package func control(_ arguments: String...) async throws { try await control(arguments) }

    /// Runs `rabbitmqctl` against it; on the shared one only what concerns names of the caller's own.
    package func control(_ arguments: [String]) async throws {
        try await node.run(["ctl", "--dir", node.directory] + arguments)
    }

    /// Ends a private broker at once, as a power cut does.
    package func kill9() async throws {
        let node = try ownNode()
        let pid = try node.pid()
        try node.signal(SIGKILL)
        try await eventually(within: .seconds(10), "the broker's end") { Broker.isGone(pid) }
    }

    /// Ends a private broker in good order.
    package func stop() async throws {
        let node = try ownNode()
        try await node.run(["stop", "--dir", node.directory])
    }

    /// Starts a private broker again, on the same port and with the same data.
    package func start() async throws {
        let node = try ownNode()
        try await node.run(["start", "--dir", node.directory])
    }

    /// Freezes a private broker: its connections stay open and nothing answers.
    package func pause() throws {
        try ownNode().signal(SIGSTOP)
    }

    /// Lets a frozen broker go on.
    package func resume() throws {
        try ownNode().signal(SIGCONT)
    }

    private func ownNode() throws -> BrokerNode {
        guard !isShared else {
            throw Failure(description: "this needs Broker.private(); the shared one is not ours to touch")
        }
        return node
    }

    private static func isGone(_ pid: Int32) -> Bool {
        guard kill(pid, 0) == 0 else { return true }
        // A dead process whose parent has not asked for it yet is as good as gone.
        let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return status?.split(separator: ")").last?.hasPrefix(" Z") ?? true
    }

    // Started once by whoever asks first, and shared by all; it ends with the process.
    private static let sharedBroker = Task { () async throws -> Broker in
        guard let directory = ProcessInfo.processInfo.environment["SLUICE_TEST_BROKER_DIR"] else {
            return try Broker(await BrokerNode.started(settings: ""), isShared: true)
        }
        return try Broker(BrokerNode(directory: directory), isShared: true)
    }
}

/// A node that `deploy/broker` runs.
private struct BrokerNode: Sendable {
    let directory: String

    /// Starts a node together with a shell that stops it and removes its folder when this process ends, however it ends:
    /// the shell's input is a pipe that closes then.
    static func started(settings: String) async throws -> BrokerNode {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
            .path
        let guardian = """
            trap '' INT TERM HUP
            printf '%s\\n' "$2" > "$1.conf"
            "$0" start --dir "$1" --settings "$1.conf" && cat > /dev/null
            exec > /dev/null 2>&1
            "$0" stop --dir "$1"; rm -rf "$1" "$1.conf"
            """
        let companion = try Companion(["/bin/bash", "-c", guardian, script, directory, settings])
        guardians.withLock { $0.append(companion) }
        _ = try await companion.line(within: startLimit) { $0.hasPrefix("amqp") }
        return BrokerNode(directory: directory)
    }

    func pid() throws -> Int32 {
        let text = try String(contentsOfFile: "\(directory)/broker.pid", encoding: .utf8)
        guard let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else {
            throw Broker.Failure(description: "the broker in \(directory) has no process number")
        }
        return pid
    }

    func signal(_ number: Int32) throws {
        guard kill(try pid(), number) == 0 else {
            throw Broker.Failure(description: "the broker in \(directory) could not be signalled")
        }
    }

    /// Runs `deploy/broker`.
    func run(_ arguments: [String]) async throws {
        let run = try await Repository.run("/bin/bash", [Self.script] + arguments)
        guard run.status == 0 else {
            let reason = run.errors.split(separator: "\n").first ?? "nothing was said"
            throw Broker.Failure(description: "deploy/broker \(arguments.joined(separator: " ")) failed: \(reason)")
        }
    }

    private static let script = Repository.url("deploy/broker").path
    private static let startLimit = Duration.seconds(120)
    /// The shells that end the nodes once this process has ended.
    private static let guardians = Mutex<[Companion]>([])
}
