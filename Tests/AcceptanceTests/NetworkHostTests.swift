import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite(
    "Workers on hosts of their own",
    .timeLimit(.minutes(3)),
    .enabled("needs root and iproute2: hosts are made of network namespaces") {
        try await NetworkHosts.canBeMade()
    }
)
struct NetworkHostTests {
    private static let customers = (0..<6).map(Customer.init)
    /// By then the other one has missed its heartbeats, noticed it, and taken over.
    private static let patience = Duration.seconds(90)

    @Test(
        "A host is cut off in mid-job: the other takes over; back on the network, it heals by itself and changes nothing"
    )
    func cutOff() async throws {
        try await Road.walk(.customers(Self.customers.count), listening: false) { road in
            let hosts = try await NetworkHosts(2, ports: road.ports)
            await road.simulator.add(FaultRule(route: "exchange.New-TransportRule", fault: Fault(.hang)))
            let lost = try await road.worker(on: hosts, 0)
            try await road.recorded { console in
                for customer in Self.customers { try await console.send(.connectTenant, for: customer) }
                try await road.waitForHang()
                try await hosts.cut(0)
                let other = try await road.worker(on: hosts, 1)
                // The service goes on with a call of the lost host, while the next one looks and writes.
                let ignored: Set<Violation.Kind> = [.overlappingChanges, .secondCreation]
                let taken = await road.findings(of: console, within: Self.patience, ignoring: ignored)
                #expect(taken.isEmpty, "\(taken) \(other.output.suffix(5_000))")
                try await eventually(within: .seconds(30), "the lost host notices") {
                    lost.output.contains("no session with the broker")
                }
                let changes = await road.simulator.effects().count
                try await hosts.mend(0)
                try await eventually(within: .seconds(60), "the lost host's return") {
                    lost.output.components(separatedBy: "taking jobs").count > 2
                }
                other.signal(SIGTERM)
                #expect(await other.status() == 0)
                for customer in Self.customers { try await console.send(.connectTenant, for: customer) }
                let healed = await road.findings(of: console, within: Self.patience, ignoring: ignored)
                #expect(healed.isEmpty, "\(healed) \(lost.output.suffix(5_000))")
                #expect(await road.simulator.effects().count == changes)
                lost.signal(SIGTERM)
                #expect(await lost.status() == 0)
            }
        }
    }
}

extension Road {
    /// The ports that a worker needs.
    fileprivate var ports: [Int] {
        let addresses = self.simulator.addresses
        let services = [addresses.loginURL, addresses.graphURL, addresses.exchangeURL]
        return [self.brokerPort] + services.compactMap { URLComponents(string: $0)?.port }
    }

    /// A worker on such a host, which reaches the broker over its link.
    fileprivate func worker(on hosts: NetworkHosts, _ number: Int) async throws -> Program {
        var settings = self.worker("host-\(number)")
        settings["SLUICE_BROKER_URL"] =
            "amqp://guest@\(hosts.gateway(of: number)):\(self.brokerPort)/\(self.virtualHost)"
        return try await self.sluice(["worker"], settings, launcher: hosts.inside(number))
    }
}
