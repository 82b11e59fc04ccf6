import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("A host that dies with its ledger, and another that takes its job over")
struct TakeoverTests {
    @Test("The dead worker's news and the whole story of the other never meet under one id; one end, one result")
    func separateLedgers() async throws {
        try await Road.walk(.demo) { road in
            await road.simulator.add(FaultRule(route: "exchange.New-OutboundConnector", fault: Fault(.hang)))
            let first = try await road.sluice(["worker"], road.worker("first"))
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            let told = try await self.steps(of: job, on: road)
            first.signal(SIGKILL)
            _ = await first.status()
            let second = try await road.sluice(["worker"], road.worker("second"))
            #expect(try await road.result(of: job).0 == .succeeded, "\(second.output.suffix(3_000))")
            try await eventually("the terminal event") { self.ids(of: job, on: road).contains("\(job).end") }
            let messages = road.messages(in: JobTopology.consoleEvents)
            let bodies = Dictionary(grouping: messages, by: \.properties.messageID).mapValues { Set($0.map(\.body)) }
            #expect(bodies.values.allSatisfy { $0.count == 1 }, "one id says two things: \(bodies.keys)")
            #expect(self.ids(of: job, on: road).filter { $0.hasSuffix(".end") } == ["\(job).end"])
            #expect(told.isSubset(of: self.ids(of: job, on: road)))
            #expect(self.ids(of: job, on: road).contains { $0.hasPrefix("\(job).1.") && !told.contains($0) })
            #expect(road.results(of: job).count == 1)
            #expect(road.retries(of: job).isEmpty)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    private func ids(of job: JobID, on road: Road) -> Set<String> {
        Set(
            road.messages(in: JobTopology.consoleEvents)
                .filter { $0.properties.correlationID == job.description }.compactMap(\.properties.messageID)
        )
    }

    /// The events before the step that hangs, once the last of them is there.
    private func steps(of job: JobID, on road: Road) async throws -> Set<String> {
        try await eventually(within: .seconds(10), "the news of the step that hangs") {
            road.steps(of: job).contains { $0.contains("outbound") }
        }
        return self.ids(of: job, on: road)
    }
}

extension Road {
    /// The steps of a job that were told so far.
    fileprivate func steps(of job: JobID) -> [String] {
        self.news(of: job).compactMap { if case .progressed(let progress) = $0.kind { progress.step } else { nil } }
    }
}
