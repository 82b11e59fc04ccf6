import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A queue that refuses its consumer")
struct RefusedQueueTests {
    @Test("The others are consumed meanwhile, no delivery is counted for it, and it is consumed once it may be")
    func refused() async throws {
        try await Road.walk(.demo) { road in
            let login = try await road.login("refused")
            try await road.permit("refused", toRead: #"^(?!job\.no-op).*$"#)
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let worker = try await road.sluice(["worker"], login)
            let refused = try await road.send(.noOp, Scenario.contosoID, data: "{}")
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            // A queue is tried again after a second at first; a lost session would have come long before.
            try await never(within: .seconds(3), "a lost session") { worker.output.contains("no session") }
            #expect(worker.output.contains("a queue cannot be consumed"))
            for child in worker.children() { kill(child, SIGKILL) }
            #expect(try await road.result(of: job).0 == .succeeded, "\(worker.output.suffix(3_000))")
            #expect(road.results(of: refused).isEmpty)
            try await road.permit("refused", toRead: ".*")
            #expect(try await road.result(of: refused).0 == .succeeded, "\(worker.output.suffix(3_000))")
            #expect(worker.output.components(separatedBy: "taking jobs").count == 2, "one session")
        }
    }
}

extension Road {
    /// Changes what such a login may read.
    fileprivate func permit(_ user: String, toRead pattern: String) async throws {
        let name = "\(user)-\(self.virtualHost)"
        try await self.broker.control("set_permissions", "-p", self.virtualHost, name, ".*", ".*", pattern)
    }
}
