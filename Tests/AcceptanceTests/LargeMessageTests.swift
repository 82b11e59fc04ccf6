import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("Messages of any size", .serialized)
struct LargeMessageTests {
    /// A broker that takes what it should refuse, as RabbitMQ does unless told otherwise.
    private static let generous = Task { try await Broker.private(settings: "max_message_size = 134217728\n") }

    private static let sizes = [
        0, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, (2 << 20) + 1, (16 << 20) - 1, 16 << 20, (16 << 20) + 1,
        17 << 20,
        64 << 20,
    ]

    /// A connection that may publish bodies of any size.
    private func publisher(on road: Road) async throws -> Connection {
        var options = try ConnectionOptions(
            url: "\(road.broker.url)/\(road.virtualHost)",
            password: road.broker.password
        )
        options.messageBytesMax = 128 << 20
        return try await Connection.open(options)
    }

    /// A job that does nothing, of exactly so many bytes; an empty body where it has none.
    private func message(_ job: JobID, size: Int) throws -> Message {
        let tenant = try #require(TenantID(Scenario.contosoID))
        let submission = try Submission(id: job, type: .noOp, tenant: tenant, data: Array("{}".utf8), dryRun: false)
        var message = submission.message(source: "/console/test", now: Date()).message
        if size == 0 { message.body = [] }
        message.body += [UInt8](repeating: 0x20, count: max(0, size - message.body.count))
        return message
    }

    @Test("Of every message that the broker took there is one result, or one dead letter")
    func conservation() async throws {
        try await Road.walk(.demo, on: try await Self.generous.value, listening: false) { road in
            let settings = NotifierRig.settings(road, sendmail: "/bin/true")
            let worker = try await road.sluice(["worker", "--only", "no-op"], ["SLUICE_MONITOR_LISTEN": "127.0.0.1:0"])
            let desk = try await road.sluice(["desk"])
            let notifier = try await road.sluice(["notifier"], settings)
            let publisher = try await self.publisher(on: road)
            let tenant = try #require(TenantID(Scenario.contosoID))
            let key = JobTopology.key(for: .noOp, tenant: tenant)
            let jobs = Self.sizes.map { ($0, JobID(UUID())) }
            for (size, job) in jobs {
                try await publisher.publish(
                    self.message(job, size: size),
                    to: Destination(exchange: JobTopology.jobs, routingKey: key),
                    mandatory: true
                )
            }
            let (lost, told) = (JobID(UUID()), JobID(UUID()))
            // Nobody is bound for this one; and one that the notifier cannot read.
            let stray = Destination(exchange: JobTopology.due, routingKey: "nowhere")
            try await publisher.publish(self.message(lost, size: 3 << 20), to: stray, mandatory: true)
            try await publisher.publish(
                self.message(told, size: 3 << 20),
                to: NotifierRig.destination,
                mandatory: true
            )
            await publisher.close()
            try await eventually("the desk's file") { FileManager.default.fileExists(atPath: road.deskPath) }
            let store = try DeskStore(path: road.deskPath, creates: false)
            let small = jobs.filter { (1...(1 << 20)).contains($0.0) }.map(\.1)
            try await eventually(within: .seconds(60), "the end of every message \(worker.output.suffix(500))") {
                let results = try await road.console.checkQueue(JobTopology.consoleResults).messages
                let letters = try await store.letters(LetterFilter(), limit: 100).count
                return results == small.count && letters == jobs.count - small.count + 2
            }
            for (size, job) in jobs where !small.contains(job) {
                let letters = try await store.letters(ofJob: "\(job)")
                let letter = try #require(letters.first, "\(size)")
                #expect(letters.count == 1 && letter.size == size && letter.isCut == (size > 2 << 20), "\(size)")
                #expect(letter.code == (size == 0 ? "not-json" : "body-too-large"), "\(size)")
            }
            for (job, code) in [(lost, "unrouted"), (told, "body-too-large")] {
                let letters = try await store.letters(ofJob: "\(job)")
                #expect(letters.map(\.code) == [code] && letters.allSatisfy { $0.size == 3 << 20 && $0.isCut })
            }
            for queue in [
                JobTopology.dead, JobTopology.unrouted, JobTopology.queue(forKey: key), JobTopology.notifierEvents,
            ] {
                try await eventually("nothing left in \(queue)") {
                    try await road.console.checkQueue(queue).messages == 0
                }
            }
            let large = jobs.count { $0.0 > 2 << 20 }
            #expect(worker.output.components(separatedBy: "too large and goes to the dead letters").count == large + 1)
            #expect(try Self.peakMebibytes(of: desk) < 400 && Self.peakMebibytes(of: worker) < 400)
            try await self.decide(about: try #require(jobs.last?.1), in: store, on: road)
            withExtendedLifetime(notifier) {}
        }
    }

    /// What an operator can do with a message of which the desk has only the beginning.
    private func decide(about job: JobID, in store: DeskStore, on road: Road) async throws {
        let number = try #require(try await store.letters(ofJob: "\(job)").first).number
        func run(_ arguments: [String], _ changes: [String: String] = [:]) async throws -> (
            status: Int32, output: String
        ) {
            let program = try await road.sluice(arguments, changes)
            return (await program.status(), program.output)
        }
        let words = "Of its 67108864 bytes only the first 65536 are kept"
        let show = try await run(["dead", "show", "\(number)"])
        #expect(
            show.status == 0 && show.output.contains("67108864 bytes; only the first 65536 are kept"),
            "\(show.output)"
        )
        #expect(show.output.contains("sluice dead discard \(number)") && !show.output.contains("dead retry"))
        let retry = try await run(["dead", "retry", "\(number)"])
        #expect(retry.status == 1 && retry.output.contains(words), "\(retry.output)")
        let edit = try await run(["dead", "edit", "\(number)", "--data", "{}"], ["SLUICE_DESK_EDIT": "on"])
        #expect(edit.status == 1 && edit.output.contains(words), "\(edit.output)")
        let export = try await run(["dead", "export", "\(number)"])
        #expect(export.status == 0 && export.output.contains("\"cutBytes\":\((64 << 20) - 65_536)"))
        let discard = try await run(["dead", "discard", "\(number)", "--reason", "the sender sends it again"])
        #expect(discard.status == 0, "\(discard.output)")
    }

    private static func peakMebibytes(of program: Program) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? .max) / 1_024
    }

    @Test("The broker as we set it up refuses what is larger than any message of ours, and doctor tells the two apart")
    func limit() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let publisher = try await self.publisher(on: road)
            let destination = Destination(exchange: JobTopology.jobs, routingKey: "connect-tenant")
            let limit = JobTopology.messageBytesMax
            try await publisher.publish(self.message(JobID(UUID()), size: limit), to: destination, mandatory: true)
            await #expect {
                try await publisher.publish(
                    self.message(JobID(UUID()), size: limit + 1),
                    to: destination,
                    mandatory: true
                )
            } throws: { ($0 as? AMQPError)?.replyCode == 406 }
            await publisher.close()
            #expect(try await self.doctor(on: road).contains("✓ message size: The broker refuses"))
        }
        try await Road.walk(.demo, on: try await Self.generous.value, listening: false) { road in
            let words = try await self.doctor(on: road)
            #expect(words.contains("! message size: The broker takes messages over 2097152 bytes"), "\(words)")
            #expect(words.contains("Set max_message_size = 2097152 in rabbitmq.conf"))
        }
    }

    private func doctor(on road: Road) async throws -> String {
        let doctor = try await road.sluice(["doctor"])
        _ = await doctor.status()
        return doctor.output
    }
}

extension Road {
    /// The desk's database.
    var deskPath: String { self.folder.appending(path: "desk.sqlite").path }
}
