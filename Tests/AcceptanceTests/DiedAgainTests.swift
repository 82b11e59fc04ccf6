import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("A job that the broker gives up, again")
struct DiedAgainTests {
    /// Hands whatever the job's queue holds back to it until the broker gives it up and the desk has so many letters.
    private func giveUp(_ store: DeskStore, letters: Int, on road: Road) async throws {
        let queue = JobTopology.queue(forKey: JobType.verifyTenant.rawValue)
        try await eventually(within: .seconds(30), "letter \(letters)") {
            if let delivery = try await road.console.get(queue) { delivery.settle(.requeue) }
            return try await store.letters(LetterFilter(), limit: 99).count == letters
        }
    }

    private func run(_ arguments: [String], on road: Road) async throws -> String {
        let program = try await road.sluice(arguments)
        #expect(await program.status() == 0, "\(arguments): \(program.output)")
        return program.output
    }

    private func desk(on road: Road) async throws -> (desk: Program, store: DeskStore) {
        let desk = try await road.sluice(["desk"])
        try await eventually(within: .seconds(20), "the desk") { desk.output.contains("filing what arrives") }
        return (desk, try DeskStore(path: road.deskPath, creates: false))
    }

    @Test("The letter of its second death ends the first one's wait, and the command that show prints sends it again")
    func twice() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let (desk, store) = try await self.desk(on: road)
            let data = #"{"customer":"contoso","requestedBy":"admin@contoso.com"}"#
            let job = try await road.send(.verifyTenant, Scenario.contosoID, data: data)
            try await self.giveUp(store, letters: 1, on: road)
            for letter in 1...3 {
                let show = try await self.run(["dead", "show", "\(letter)"], on: road)
                let mend = try #require(show.firstMatch(of: #/  sluice (dead retry \d+)\n/#), "\(show)").1
                #expect(mend == "dead retry \(letter)")
                _ = try await self.run(mend.split(separator: " ").map(String.init), on: road)
                try await self.giveUp(store, letters: letter + 1, on: road)
                let before = try await self.run(["dead", "show", "\(letter)"], on: road)
                #expect(
                    before.contains("is resolved") && before.contains("died again: letter \(letter + 1)"),
                    "\(before)"
                )
            }
            #expect(try await store.letters(ofJob: "\(job)").map(\.replay) == [0, 1, 2, 3], "\(desk.output)")
            #expect(try await store.counts() == [.resolved: 3, .held: 1])
        }
    }

    @Test("The same message, sent again after its letter was discarded, is a letter again when it dies again")
    func discarded() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let (desk, store) = try await self.desk(on: road)
            let tenant = try #require(TenantID(Scenario.contosoID))
            let data = #"{"customer":"contoso","requestedBy":"admin@contoso.com"}"#
            let submission = try Submission(
                id: JobID(UUID()),
                type: .verifyTenant,
                tenant: tenant,
                data: Array(data.utf8),
                dryRun: false
            )
            let message = submission.message(source: "/console/test", now: Date(timeIntervalSince1970: 1_795_402_801))
            try await road.console.publish(message)
            try await self.giveUp(store, letters: 1, on: road)
            _ = try await self.run(["dead", "discard", "1", "--reason", "sent by mistake"], on: road)
            try await road.console.publish(message)
            try await self.giveUp(store, letters: 2, on: road)
            #expect(try await store.counts() == [.discarded: 1, .held: 1], "\(desk.output)")
            let list = try await self.run(["dead", "list", "--letters"], on: road)
            #expect(list.contains("delivery-limit"), "\(list)")
        }
    }
}
