import Foundation
import TestSupport
import Testing

/// Network namespaces that stand for hosts; they go with this object or with the process.
///
/// ```swift
/// let hosts = try await NetworkHosts(2, ports: [5672, 443], folder: folder)
/// let worker = try road.sluice(["worker"], settings, launcher: hosts.inside(0))
/// try await hosts.cut(0)
/// ```
final class NetworkHosts {
    private struct Host: Decodable {
        let name: String
        let gateway: String
    }

    private let process = Process()
    private let orders = Pipe()
    private let answers: URL
    private var hosts: [Host] = []
    private var answered = 1

    /// Whether this machine lets us make them.
    static func canBeMade() async throws -> Bool {
        let script = """
            ip netns add sluice-probe && ip link add probe type veth peer name eth0 netns sluice-probe
            made=$?
            ip netns delete sluice-probe && exit $made
            """
        return try await Repository.run("unshare", ["--net", "--mount", "sh", "-c", script]).status == 0
    }

    /// Makes them; each reaches those ports of this host's loopback at `gateway` and at its own loopback.
    init(_ count: Int, ports: [Int], folder: URL) async throws {
        self.answers = folder.appending(path: "hosts.log")
        try Data().write(to: self.answers)
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        let script = Repository.url("Tests/AcceptanceTests/network_hosts.py").path
        self.process.arguments = ["python3", script, String(count)] + ports.map(String.init)
        self.process.standardInput = self.orders
        let output = try FileHandle(forWritingTo: self.answers)
        self.process.standardOutput = output
        self.process.standardError = output
        try self.process.run()
        try await self.waitForAnswer()
        self.hosts = try JSONDecoder().decode([Host].self, from: Data((self.lines.first ?? "").utf8))
    }

    deinit { try? self.orders.fileHandleForWriting.close() }

    /// The command that becomes another one inside such a host.
    func inside(_ number: Int) -> [String] { ["/usr/bin/nsenter", "--net=/run/netns/\(self.hosts[number].name)"] }

    /// The address of this machine as that host sees it.
    func gateway(of number: Int) -> String { self.hosts[number].gateway }

    /// The link of a host goes down: no packet comes through, and nobody is told.
    func cut(_ number: Int) async throws { try await self.order("cut \(number)") }

    /// The link comes up again.
    func mend(_ number: Int) async throws { try await self.order("mend \(number)") }

    private var lines: [Substring] {
        ((try? String(contentsOf: self.answers, encoding: .utf8)) ?? "").split(separator: "\n")
    }

    private func order(_ text: String) async throws {
        self.answered += 1
        try self.orders.fileHandleForWriting.write(contentsOf: Data("\(text)\n".utf8))
        try await self.waitForAnswer()
    }

    private func waitForAnswer() async throws {
        try await eventually(within: .seconds(20), "an answer of network_hosts.py") {
            guard self.process.isRunning else { throw Broker.Failure(description: self.lines.joined(separator: "\n")) }
            return self.lines.count >= self.answered
        }
    }
}
