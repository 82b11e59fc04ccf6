import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("A notification that nobody could be told, on the desk")
struct DeadNotificationTests {
    private func run(_ arguments: [String], on road: Road, status: Int32 = 0) async throws -> String {
        let program = try await road.sluice(arguments, ["SLUICE_DESK_EDIT": "on", "NO_COLOR": "1"])
        let ended = await program.status()
        #expect(ended == status, "\(arguments): \(program.output)")
        return program.output
    }

    private func lines(_ arguments: [String], on road: Road) async throws -> [String] {
        try await self.run(arguments, on: road).split(separator: "\n").map(String.init)
    }

    @Test(
        "Sent again it reaches who was not told, once; what is refused again is a new letter",
        .timeLimit(.minutes(2))
    )
    func walk() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let mails = road.folder.appending(path: "mails")
            try FileManager.default.createDirectory(at: mails, withIntermediateDirectories: true)
            let sink = try await Sink.start("smtp_sink.py", [mails.path], needing: ["aiosmtpd"])
            defer { sink.stop() }
            var settings = NotifierRig.settings(road, smtpPort: sink.port)
            settings["SLUICE_NOTIFIER_ATTEMPTS"] = "1"
            let notifier = try await road.sluice(["notifier"], settings)
            let desk = try await road.sluice(["desk"])
            let people = ["admin", "nobody", "later"].map { "\($0)@contoso.com" }
            let job = JobID(UUID())
            try await road.console.publish(try NotifierRig.request(people, job: job))
            try await eventually(within: .seconds(30), "two letters", every: .milliseconds(200)) {
                let list = try await road.sluice(["dead", "list", "--letters"])
                return await list.status() == 0
                    && list.output.split(separator: "\n").count { $0.contains("notification") } == 2
            }
            try await self.look(at: job, on: road)
            #expect(FileManager.default.createFile(atPath: mails.appending(path: "open").path, contents: nil))
            let sent = try await self.run(["dead", "retry", "--code", "delivery-unavailable", "--yes"], on: road)
            #expect(
                sent.contains("1 letter was sent again") && sent.contains("1 notification is with the notifier"),
                "\(sent)"
            )
            try await eventually(within: .seconds(20), "the second mail") { try Self.told(mails).count == 2 }
            try await self.refuseAgain(on: road)
            #expect(try Self.told(mails) == ["admin@contoso.com", "later@contoso.com"], "each once")
            notifier.signal(SIGTERM)
            #expect(await notifier.status() == 0)
            desk.signal(SIGTERM)
            #expect(await desk.status() == 0)
        }
    }

    /// What the desk says about the two letters, and that trying or editing them changes nothing.
    private func look(at job: JobID, on road: Road) async throws {
        let groups = try await self.lines(["dead", "list", "--type", "notification"], on: road)
        #expect(groups.count { $0.contains("delivery-refused") || $0.contains("delivery-unavailable") } == 2)
        let show = try await self.run(["dead", "show", job.description], on: road)
        for words in ["notification", "other letters of the job", "sluice dead retry", "***@contoso.com", "attempt 1"] {
            #expect(show.contains(words), "\(words) is not in \(show)")
        }
        let trial = try await self.run(["dead", "retry", "1", "2", "--dry-run"], on: road)
        #expect(trial.contains("2 letters would be sent again"), "\(trial)")
        let group = try await self.run(["dead", "retry", "--type", "notification"], on: road)
        #expect(group.contains("2 letters would be sent again") && group.contains("--yes"), "\(group)")
        let edit = try await self.run(["dead", "edit", "1", "--data", "{}"], on: road, status: 1)
        #expect(edit.contains("A notification is no job"), "\(edit)")
        #expect(try await self.run(["dead", "audit"], on: road).contains("nobody has decided"))
    }

    /// Nobody is refused once more, and then given up.
    private func refuseAgain(on road: Road) async throws {
        let resolved = try await self.run(["dead", "list", "--letters", "--state", "resolved"], on: road)
        #expect(resolved.contains("delivery-unavailable"))
        let refused = try await self.lines(["dead", "list", "--letters", "--code", "delivery-refused"], on: road)
        let number = try #require(refused.dropFirst().first?.split(separator: " ").first)
        _ = try await self.run(["dead", "retry", "\(number)"], on: road)
        #expect(try await self.run(["dead", "show", "\(number)"], on: road).contains("handed to the notifier"))
        try await eventually(within: .seconds(20), "a third letter", every: .milliseconds(200)) {
            try await self.run(["dead", "list", "--letters"], on: road).contains(
                /\n +3 +held +notification +delivery-refused/
            )
        }
        let reason = ["--reason", "the address is gone"]
        let plan = try await self.run(["dead", "discard", "3", "--dry-run"] + reason, on: road)
        #expect(plan.contains("discard would touch 1 letter; without --dry-run"), "\(plan)")
        #expect(try await self.run(["dead", "discard", "3"] + reason, on: road).contains("discard: 1 letter"))
        #expect(try await self.run(["dead", "list"], on: road).contains("no dead letter waits for a decision"))
    }

    /// Who got a mail, by the envelopes of the SMTP server.
    private static func told(_ folder: URL) throws -> [String] {
        struct Envelope: Decodable { let to: [String] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .flatMap { try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: $0)).to }.sorted()
    }
}
