import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("Several workers with ledgers of their own on one broker", .timeLimit(.minutes(5)))
struct ScalingTests {
    private static let customers = (0..<4).map(Customer.init)
    private static let patience = Duration.seconds(120)

    /// What a customer's jobs are, a row at a time; those of a row come at once and compete for the tenant.
    private static let rows: [[JobType]] = [
        [.connectTenant, .noOp, .connectTenant, .noOp], [.noOp, .enableOutboundConnector, .verifyTenant, .noOp],
    ]

    @Test(
        "Nothing is lost, nothing is doubled, and no tenant is worked on by two at once, however many workers there are",
        arguments: [1, 2, 4]
    )
    func scales(workers count: Int) async throws {
        try await Road.walk(.customers(Self.customers.count), listening: false) { road in
            let fleet = try await Fleet(count, on: road)
            try await road.recorded { console in
                for row in Self.rows {
                    for type in row { for customer in Self.customers { try await console.send(type, for: customer) } }
                    let findings = await road.findings(of: console, within: Self.patience)
                    #expect(findings.isEmpty, "\(findings)\n\(fleet.story(of: findings))")
                }
                #expect(console.history.sent == Self.customers.count * Self.rows.joined().count)
            }
            for customer in Self.customers {
                let turns = await road.turns(in: customer)
                #expect(turns.count >= 4)
                #expect(Set(turns).count == turns.count, "two took turns in \(customer.tenant): \(turns)")
            }
            for worker in fleet.workers { #expect(worker.output.contains("decision=succeeded"), "a worker had no job") }
            await fleet.leave()
            #expect(fleet.complaints.isEmpty)
        }
    }

    @Test("Twenty workers replaced in turn under load: nothing lost, doubled or buried, and no attempt spent")
    func rolling() async throws {
        try await Road.walk(.customers(Self.customers.count), listening: false) { road in
            // Shorter than the no-ops take, so that running jobs are handed back as well.
            let fleet = try await Fleet(3, on: road, ["SLUICE_WORKER_DRAIN": "1", "SLUICE_WORKER_ATTEMPTS": "1"])
            try await road.recorded { console in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.load(console) }
                    for number in 0..<20 { try await fleet.replace(number % 3) }
                    group.cancelAll()
                    try await group.waitForAll()
                }
                let findings = await road.findings(of: console, within: Self.patience)
                #expect(findings.isEmpty, "\(findings)\n\(fleet.story(of: findings))")
                #expect(console.history.sent > 100)
            }
            await fleet.leave()
            #expect(fleet.complaints.isEmpty)
        }
    }

    /// Sends jobs, one after the other at an even pace, until it is cancelled.
    @concurrent
    private static func load(_ console: HistoryConsole) async throws {
        for number in 0... {
            // A task of its own, which nobody cancels: a send that is cut short leaves open whether the job was sent.
            try await Task { try await self.send(number, to: console) }.value
            let next = ContinuousClock.now + .milliseconds(60)
            do {
                try await eventually("the time of the next job") { .now >= next }
            } catch is CancellationError {
                return
            }
        }
    }

    private static func send(_ number: Int, to console: HistoryConsole) async throws {
        let customer = self.customers[number / 4 % self.customers.count]
        if number.isMultiple(of: 4) {
            try await console.send(.connectTenant, for: customer)
        } else {
            try await console.send(.noOp, for: customer, milliseconds: 100 * (number % 30))
        }
    }

    @Test("A host burns down in mid-job, ledger and all, under load: another takes its jobs over")
    func hostLost() async throws {
        try await Road.walk(.customers(Self.customers.count), listening: false) { road in
            await road.simulator.add(FaultRule(route: "exchange.New-TransportRule", fault: Fault(.hang)))
            let fleet = try await Fleet(1, on: road)
            let first = fleet.workers[0]
            try await road.recorded { console in
                for customer in Self.customers {
                    try await console.send(.connectTenant, for: customer)
                    try await console.send(.noOp, for: customer, milliseconds: 2_000)
                }
                try await road.waitForHang()
                let executors = first.children()
                #expect(!executors.isEmpty)
                for process in [first.pid] + executors { kill(process, SIGKILL) }
                #expect(await first.status() == 128 + SIGKILL)
                try FileManager.default.removeItem(at: fleet.disk(of: 0))
                #expect(console.history.ended < console.history.sent)
                let second = try await Fleet(1, on: road, from: 1)
                // The service goes on with a call of the dead, while the next one looks and writes.
                let findings = await road.findings(
                    of: console,
                    within: Self.patience,
                    ignoring: [.overlappingChanges, .secondCreation]
                )
                #expect(findings.isEmpty, "\(findings)\n\(second.story(of: findings))")
                await second.leave()
                #expect(second.complaints.isEmpty)
            }
        }
    }
}
