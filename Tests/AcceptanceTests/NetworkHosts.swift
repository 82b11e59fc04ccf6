import Foundation
import TestSupport
import Testing

/// Network namespaces that stand for hosts; they go with this object or with the process.
///
/// ```swift
/// let hosts = try await NetworkHosts(2, ports: [5672, 443])
/// let worker = try await road.sluice(["worker"], settings, launcher: hosts.inside(0))
/// try await hosts.cut(0)
/// ```
final class NetworkHosts {
    private struct Host: Decodable {
        let name: String
        let gateway: String
    }

    private let companion: Companion
    private let hosts: [Host]

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
    init(_ count: Int, ports: [Int]) async throws {
        let script = Repository.url("Tests/AcceptanceTests/network_hosts.py").path
        self.companion = try Companion(["python3", script, String(count)] + ports.map(String.init))
        self.hosts = try JSONDecoder().decode([Host].self, from: Data(try await self.companion.line().utf8))
    }

    /// The command that becomes another one inside such a host.
    func inside(_ number: Int) -> [String] { ["/usr/bin/nsenter", "--net=/run/netns/\(self.hosts[number].name)"] }

    /// The address of this machine as that host sees it.
    func gateway(of number: Int) -> String { self.hosts[number].gateway }

    /// The link of a host goes down: no packet comes through, and nobody is told.
    func cut(_ number: Int) async throws { try await self.order("cut \(number)") }

    /// The link comes up again.
    func mend(_ number: Int) async throws { try await self.order("mend \(number)") }

    /// It answers each order with a line.
    private func order(_ text: String) async throws {
        let answered = self.companion.lines.count
        try self.companion.say(text)
        _ = try await self.companion.line(from: answered)
    }
}
