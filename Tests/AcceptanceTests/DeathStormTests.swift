import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("A storm of dead letters")
struct DeathStormTests {
    /// How many jobs die; `SLUICE_STORM_DEATHS` asks for another number.
    private static let deaths = Effort.number("SLUICE_STORM_DEATHS", standard: 300)

    @Test(
        "It is a few mails that count all of it, through kill -9, and another kind has its own",
        .timeLimit(.minutes(5))
    )
    func storm() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let spool = MailSpool(folder: road.folder.appending(path: "spool"))
            let stand = "\(Repository.url("deploy/spool-mail").path),\(spool.folder.path)"
            var settings = NotifierRig.settings(road, sendmail: stand)
            settings["SLUICE_NOTIFIER_OPERATOR_MAILS"] = "2"
            settings["SLUICE_NOTIFIER_OPERATOR_PERIOD"] = "3"
            let start = Date()
            let first = try await road.sluice(["notifier"], settings)
            try await Self.die(.executorCrashed, count: Self.deaths, on: road)
            try await eventually(within: .seconds(60), "a mail") { !spool.mails.isEmpty }
            first.signal(SIGKILL)
            _ = await first.status()
            let second = try await road.sluice(["notifier"], settings)
            try await Self.die(.executorTimeout, count: 1, on: road)
            try await eventually(within: .seconds(240), "every death told or counted: \(Self.counted(spool))") {
                Self.counted(spool) == Self.deaths + 1
            }
            let time = Date().timeIntervalSince(start)
            second.signal(SIGTERM)
            #expect(await second.status() == 0)
            let mails = Set(spool.fields("Message-ID")).count
            #expect(mails <= 2 * (Int(time / 3) + 1) + 1, "\(mails) mails in \(time) seconds")
            #expect(mails < Self.deaths / 10)
            #expect(spool.mails.contains { $0.contains("executor-timeout") })
            Effort.note("storm: \(Self.deaths) deaths, \(mails) mails, \(time.rounded()) s")
        }
    }

    /// Deaths that the mails tell of: one each, and those they count beside it; a mail that came twice counts once.
    private static func counted(_ spool: MailSpool) -> Int {
        var counts: [Substring: Int] = [:]
        for mail in spool.mails {
            guard let id = mail.firstMatch(of: /Message-ID: (\S+)/)?.1 else { continue }
            counts[id] = 1 + (mail.firstMatch(of: /Besides it, (\d+) jobs/).flatMap { Int($0.1) } ?? 0)
        }
        return counts.values.reduce(0, +)
    }

    private static func die(_ code: ProblemCode, count: Int, on road: Road) async throws {
        let ended = JobEnded(outcome: .failed, problem: Problem(code, "It fell over."))
        let failures = await road.console.publish(
            try (0..<count).map { _ in try NotifierRig.event(.jobDied, ended, job: JobID(UUID())) }
        )
        #expect(failures.allSatisfy { $0 == nil })
    }
}
