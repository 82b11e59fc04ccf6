import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("sluice notifier", .serialized)
struct NotifierTests {
    @Test(
        "A connected tenant's people are told once each in their language, and operators of a death",
        .timeLimit(.minutes(2))
    )
    func told() async throws {
        try await Road.walk(.demo) { road in
            let spool = MailSpool(folder: road.folder.appending(path: "spool"))
            let stand = "\(Repository.url("deploy/spool-mail").path),\(spool.folder.path)"
            let notifier = try await road.sluice(["notifier"], NotifierRig.settings(road, sendmail: stand))
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(
                Scenario.contosoID,
                data: """
                    {"customer":"Møbler","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com",\
                    "notify":["admin@contoso.com","it@contoso.com"],"language":"de"}
                    """
            )
            #expect(try await road.result(of: job).0 == .succeeded)
            let died = JobEnded(outcome: .failed, problem: Problem(.executorCrashed, "Signal 11."))
            try await road.console.publish(try NotifierRig.event(.jobDied, died, job: JobID(UUID())))
            try await eventually(within: .seconds(20), "three mails") { spool.mails.count == 3 }
            #expect(spool.fields("To") == ["admin@contoso.com", "it@contoso.com", "ops@gateway.example"])
            #expect(spool.fields("Content-Language") == ["de", "de", "en"])
            // The same event twice more, and another after it: once that one is told, the copies are done with.
            let told = road.messages(in: JobTopology.consoleEvents).filter {
                $0.properties.type == JobEventName.notificationRequested.messageType
            }
            let copy = try #require(told.first)
            for _ in 0..<2 {
                try await road.console.publish(
                    copy,
                    to: Destination(exchange: JobTopology.events, routingKey: JobTopology.notifierKey),
                    mandatory: true
                )
            }
            try await road.console.publish(try NotifierRig.request(["last@contoso.com"]))
            try await eventually(within: .seconds(20), "the last mail") {
                spool.fields("To").contains("last@contoso.com")
            }
            notifier.signal(SIGTERM)
            #expect(await notifier.status() == 0)
            #expect(spool.mails.count == 4, "\(spool.fields("To"))")
            #expect(Set(spool.fields("Message-ID")).count == 4)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }

    @Test(
        "Killed between the mail system and its ledger it hands the same mail over again, and then never more",
        .timeLimit(.minutes(2))
    )
    func killed() async throws {
        try await Road.walk(.demo) { road in
            let spool = MailSpool(folder: road.folder.appending(path: "spool"))
            let mark = road.folder.appending(path: "goes-on").path
            // The first run keeps the mail and never comes back with a status.
            let program = try NotifierRig.program(
                "\(Repository.url("deploy/spool-mail").path) \(spool.folder.path); test -e \(mark) || exec sleep 60",
                in: road.folder
            )
            let settings = NotifierRig.settings(road, sendmail: program)
            let first = try await road.sluice(["notifier"], settings)
            let request = try NotifierRig.request(["admin@contoso.com"])
            try await road.console.publish(request)
            try await eventually(within: .seconds(20), "the mail") { spool.mails.count == 1 }
            first.signal(SIGKILL)
            #expect(await first.status() == 128 + SIGKILL)
            #expect(FileManager.default.createFile(atPath: mark, contents: nil))
            let second = try await road.sluice(["notifier"], settings)
            try await eventually(within: .seconds(20), "the mail again") { spool.mails.count == 2 }
            #expect(Set(spool.fields("Message-ID")).count == 1, "people can tell that it is the same")
            try await road.console.publish(request)
            try await road.console.publish(try NotifierRig.request(["last@contoso.com"]))
            try await eventually(within: .seconds(20), "the last mail") {
                spool.fields("To").contains("last@contoso.com")
            }
            second.signal(SIGTERM)
            #expect(await second.status() == 0)
            #expect(spool.mails.count == 3)
        }
    }

    @Test(
        "What the mail system puts off is tried again for whoever is left; what it refuses is kept with the reason",
        .timeLimit(.minutes(2))
    )
    func failing() async throws {
        try await Road.walk(.demo) { road in
            let spool = MailSpool(folder: road.folder.appending(path: "spool"))
            let program = try NotifierRig.program(
                """
                cat > \(road.folder.path)/$$
                if grep -q '^To: nobody' \(road.folder.path)/$$; then echo 'no such user' >&2; exit 67; fi
                if grep -q '^To: away' \(road.folder.path)/$$; then exit 75; fi
                if grep -q '^To: later' \(road.folder.path)/$$ && ! test -e \(road.folder.path)/tried; then
                    touch \(road.folder.path)/tried; exit 75
                fi
                \(Repository.url("deploy/spool-mail").path) \(spool.folder.path) < \(road.folder.path)/$$
                """,
                in: road.folder
            )
            var settings = NotifierRig.settings(road, sendmail: program)
            settings["SLUICE_NOTIFIER_ATTEMPTS"] = "2"
            let notifier = try await road.sluice(["notifier"], settings)
            let people = ["admin", "nobody", "later", "away"].map { "\($0)@contoso.com" }
            try await road.console.publish(try NotifierRig.request(people))
            try await road.console.publish(NotifierRig.broken(), to: NotifierRig.destination, mandatory: true)
            try await eventually(within: .seconds(30), "three dead letters") {
                road.messages(in: JobTopology.dead).count == 3
            }
            #expect(spool.fields("To") == ["admin@contoso.com", "later@contoso.com"])
            let letters = road.messages(in: JobTopology.dead)
            let reasons = letters.compactMap { $0.properties.headers["x-job-error-code"]?.text }
            #expect(reasons.sorted() == ["delivery-refused", "delivery-unavailable", "invalid-payload"])
            for letter in letters where letter.properties.headers["x-job-error-code"]?.text != "invalid-payload" {
                let data = try #require(try JSONScan(letter.body).raw("data"))
                let left = try NotificationRequested(data: data).recipients
                let isRefused = letter.properties.headers["x-job-error-code"]?.text == "delivery-refused"
                #expect(left == [isRefused ? "nobody@contoso.com" : "away@contoso.com"])
            }
            notifier.signal(SIGTERM)
            #expect(await notifier.status() == 0)
            for words in ["no such user", "ended with status 75", "attempt=1 of 2", "next=2", "problem=delivery-"] {
                #expect(notifier.output.contains(words), "the log says why and when next: \(words)")
            }
            #expect(!notifier.output.contains("@contoso.com"), "nobody's address is logged")
        }
    }

    @Test(
        "Without a word mail goes by SMTP; --check and doctor say whether the server takes it",
        .timeLimit(.minutes(2))
    )
    func smtp() async throws {
        try await Road.walk(.demo) { road in
            let mails = road.folder.appending(path: "mails")
            try FileManager.default.createDirectory(at: mails, withIntermediateDirectories: true)
            let sink = try await Sink.start("smtp_sink.py", [mails.path], needing: ["aiosmtpd"])
            let settings = NotifierRig.settings(road, smtpPort: sink.port)
            let notifier = try await road.sluice(["notifier"], settings)
            try await road.console.publish(try NotifierRig.request(["admin@contoso.com"]))
            try await eventually(within: .seconds(20), "the mail") {
                FileManager.default.fileExists(atPath: mails.appending(path: "1.eml").path)
            }
            notifier.signal(SIGTERM)
            #expect(await notifier.status() == 0)
            let good = try await road.sluice(["notifier", "--check"], settings)
            #expect(await good.status() == 0 && good.output.contains("answers"), "\(good.output)")
            sink.stop()
            let check = try await road.sluice(["notifier", "--check"], settings)
            #expect(await check.status() == 1)
            let doctor = try await road.sluice(["doctor"], settings)
            #expect(await doctor.status() == 1)
            for output in [check.output, doctor.output] { #expect(output.contains("Connection refused"), "\(output)") }
        }
    }

    @Test("A template that does not parse is found at the start, with file and line")
    func badTemplate() async throws {
        try await Road.walk(.demo, listening: false, topology: false) { road in
            let folder = road.folder.appending(path: "templates")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("Subject: x\n\n{{#findings}}\n{{/finding}}\n".utf8)
                .write(to: folder.appending(path: "drift-found.en.txt"))
            let changes = ["SLUICE_NOTIFIER_TEMPLATES": folder.path, "SLUICE_NOTIFIER_FROM": "a@gateway.example"]
            let notifier = try await road.sluice(["notifier"], changes)
            #expect(await notifier.status() == 1)
            #expect(notifier.output.contains("drift-found.en.txt, line 4"), "\(notifier.output)")
        }
    }
}
