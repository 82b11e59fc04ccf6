import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A worker on a bad network", .timeLimit(.minutes(6)))
struct WorkerNetworkTests {
    /// What happens to the worker's connections to the broker in the middle of a job.
    enum BrokerFault: String, Sendable, CaseIterable {
        case reset, confirmsLost, halfOpen, down

        func strike(_ proxy: FaultProxy) {
            switch self {
            case .reset: proxy.set(.resetPeer)
            case .confirmsLost: proxy.set(.drop, .down)
            case .halfOpen: proxy.set(.timeout)
            case .down: proxy.set(.down)
            }
        }
    }

    @Test("The broker's connections break in mid-job: one result, one set of objects", arguments: BrokerFault.allCases)
    func broker(fault: BrokerFault) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let proxy = try FaultProxy(to: road.brokerPort, seed: 1)
            try await road.recorded { console in
                await road.delay("exchange.New-InboundConnector", milliseconds: 1_000)
                let worker = try await road.sluice(
                    ["worker"],
                    ["SLUICE_BROKER_URL": road.brokerURL(through: proxy), "SLUICE_BROKER_HEARTBEAT": "2"]
                )
                let job = try await console.connect(Scenario.contosoID)
                try await road.waitForCall(hitBy: .delay)
                fault.strike(proxy)
                if fault != .reset {
                    try await eventually(within: .seconds(60), "the loss is noticed") {
                        worker.output.contains("no session with the broker")
                    }
                    proxy.heal()
                }
                // The fence ends the executor at once, but the service goes on with the call it had sent, while the next one
                // looks and writes: what counts is that each object is made once.
                let findings = await road.findings(
                    of: console,
                    within: .seconds(90),
                    ignoring: [.overlappingChanges, .secondCreation]
                )
                #expect(findings.isEmpty, "\(job): \(findings) \(worker.output.suffix(6_000))")
                if fault == .confirmsLost { #expect(console.history.copies > 0) }
                worker.signal(SIGTERM)
                #expect(await worker.status() == 0)
            }
        }
    }

    /// Which service's connections break.
    enum Service: String, Sendable, CaseIterable {
        case login, graph, exchange

        func url(_ simulator: SimulatorServer) -> String {
            switch self {
            case .login: simulator.addresses.loginURL
            case .graph: simulator.addresses.graphURL
            case .exchange: simulator.addresses.exchangeURL
            }
        }

        func proxy(_ simulator: SimulatorServer) throws -> FaultProxy {
            let port = try #require(URLComponents(string: self.url(simulator))?.port)
            return try FaultProxy(to: port, seed: 1)
        }

        func setting(_ proxy: FaultProxy) -> [String: String] {
            ["SLUICE_MICROSOFT_\(self.rawValue.uppercased())_URL": "http://127.0.0.1:\(proxy.port)"]
        }
    }

    @Test(
        "Answers cut off at their first byte, in the head and in the body: the job looks again and ends once",
        arguments: Service.allCases
    )
    func cutAnswers(service: Service) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let proxy = try service.proxy(road.simulator)
            try await road.recorded { console in
                for byte in [1, 120, 700, 1_500, 3_000, 5_000] { proxy.set(.resetPeer, .down, .afterBytes(byte)) }
                let worker = try await road.sluice(["worker"], service.setting(proxy))
                let job = try await console.connect(Scenario.contosoID)
                let findings = await road.findings(of: console, within: .seconds(120))
                #expect(findings.isEmpty, "\(job): \(findings) \(worker.output.suffix(6_000))")
                worker.signal(SIGTERM)
                #expect(await worker.status() == 0)
            }
        }
    }

    @Test("A slow login, answers in crumbs and a narrow line only cost time")
    func slow() async throws {
        try await Road.walk(.demo, listening: false) { road in
            var settings: [String: String] = [:]
            var proxies: [FaultProxy] = []
            let faults: [(Service, ProxyFault)] = [
                (.login, .latency(.milliseconds(1_500), jitter: .milliseconds(500))),
                (.graph, .slicer(bytes: 50, pause: .milliseconds(1))),
                (.exchange, .bandwidth(bytesPerSecond: 20_000)),
            ]
            for (service, fault) in faults {
                let proxy = try service.proxy(road.simulator)
                proxy.set(fault)
                proxies.append(proxy)
                settings.merge(service.setting(proxy)) { _, new in new }
            }
            try await road.recorded { console in
                let worker = try await road.sluice(["worker"], settings)
                try await console.connect(Scenario.contosoID)
                let findings = await road.findings(of: console, within: .seconds(120))
                #expect(findings.isEmpty, "\(findings) \(worker.output.suffix(6_000))")
                worker.signal(SIGTERM)
                #expect(await worker.status() == 0)
            }
            proxies.forEach { $0.stop() }
        }
    }
}
