import JobModel
import TestSupport
import Testing

@testable import WorkerRuntime

@Suite("Whether jobs are taken")
struct IntakeTests {
    @Test("It is closed while anything hinders, and for a paused type; news is told once")
    func hindrances() async throws {
        let intake = Intake()
        #expect(intake.set(.brokerBlocks, true))
        #expect(!intake.set(.brokerBlocks, true))
        #expect(intake.set(.outboxFull, true))
        #expect(intake.set(.brokerBlocks, false))
        #expect(!intake.isFree)
        await intake.wait(until: false, .connectTenant)
        #expect(intake.set(.outboxFull, false))
        #expect(intake.isFree)
        await intake.wait(until: true, .connectTenant)
        #expect(intake.set(.connectTenant, isPaused: true))
        #expect(intake.isFree)
        await intake.wait(until: false, .connectTenant)
    }

    @Test("Whoever waits goes on with the change, or with the end of its task", .timeLimit(.minutes(5)))
    func waiting() async {
        let intake = Intake()
        intake.set(.ledgerFails, true)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await intake.wait(until: true, .connectTenant) } }
            intake.set(.ledgerFails, false)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await intake.wait(until: false, .connectTenant) }
            group.cancelAll()
        }
    }
}
