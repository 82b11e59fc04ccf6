import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("What keeps a pull from doing too much, on the whole road")
struct PullGuardTests {
    private static let data =
        #"{"internetMessageId":"\#(Scenario.demoMessageID)","reason":"phish","requestedBy":"admin@contoso.com"}"#

    private static func mailbox(_ number: Int) -> String {
        "user" + String(repeating: "0", count: 6 - String(number).count) + "\(number)@contoso.com"
    }

    /// One copy in each of so many mailboxes; in the last one the message has another subject.
    private static func scenario(mailboxes: Int) -> Scenario {
        var scenario = Scenario.demo
        var first = ScenarioDelivery(Scenario.demoMessageID, members: ScenarioMembers(first: 1, last: mailboxes - 1))
        first.subject = "Invoice"
        var other = ScenarioDelivery(
            Scenario.demoMessageID,
            members: ScenarioMembers(first: mailboxes, last: mailboxes)
        )
        other.subject = "Lunch"
        scenario.tenants[0].mail.deliveries = [first, other]
        return scenario
    }

    private static func pull(_ mailboxes: ClosedRange<Int>) -> String {
        let targets = mailboxes.map { #"{"mailbox":"\#(Self.mailbox($0))"}"# }.joined(separator: ",")
        return #"{"targets":[\#(targets)],"# + Self.data.dropFirst()
    }

    @Test("Copies that are two messages stop a campaign's job before anything is moved, and its table says so")
    func tooBroad() async throws {
        try await Road.walk(Self.scenario(mailboxes: 4), listening: false) { road in
            let list = road.folder.appending(path: "list.csv")
            try Data((1...4).map { "\(Self.mailbox($0))\n" }.joined().utf8).write(to: list)
            let worker = try await road.sluice(["worker"])
            let command = try await road.sluice([
                "submit", "pull-message", "--csv", list.path, "--campaign", "broad", "--tenant", Scenario.contosoID,
                "--data", Self.data,
            ])
            #expect(await command.status() == 1, "\(worker.output)")
            #expect(command.output.contains("4  job-failed"), "\(command.output)")
            let table = try String(contentsOf: list.appendingPathExtension("broad.pull.csv"), encoding: .utf8)
            #expect(table.components(separatedBy: ",job-failed,selector-too-broad,").count == 5, "\(table)")
            #expect(road.simulator.mailEffects(tenant: Scenario.contosoID).isEmpty)
        }
    }

    @Test("A copy found late that is another message stays where it is, and the result says why")
    func differsFromOthers() async throws {
        try await Road.walk(Self.scenario(mailboxes: 3)) { road in
            var fault = Fault(.reply)
            fault.status = 503
            var rule = FaultRule(route: "graph.messages.list", fault: fault, count: 4)
            rule.mailbox = Self.mailbox(3)
            await road.simulator.add(rule)
            let worker = try await road.sluice(["worker"])
            let job = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(1...3))
            let (outcome, _) = try await road.result(of: job)
            #expect(outcome == .succeeded, "\(worker.output)")
            #expect(road.postponements(of: job).count == 1)
            let result = try #require(
                road.messages(in: "result.console").first { $0.properties.correlationID == job.description }
            )
            let text = String(decoding: result.body, as: UTF8.self)
            #expect(text.contains(#""note":"differs-from-others""#) && text.contains(#""refused-by-cap":1"#), "\(text)")
            #expect(road.simulator.mailbox(Self.mailbox(3), tenant: Scenario.contosoID)?.items[0].folder == "Inbox")
            #expect(road.simulator.mailbox(Self.mailbox(1), tenant: Scenario.contosoID)?.items[0].folder != "Inbox")
        }
    }

    @Test("A job that was let through and is half done is not held against the hour's cap once more")
    func halfDone() async throws {
        try await Road.walk(Self.scenario(mailboxes: 4)) { road in
            let worker = try await road.sluice(["worker"], ["SLUICE_PULL_TARGETS_PER_HOUR": "2"])
            let job = try Submission(
                id: JobID(UUID()),
                type: .pullMessage,
                tenant: try #require(TenantID(Scenario.contosoID)),
                data: Array(Self.pull(1...3).utf8),
                dryRun: false
            )
            let envelope = try Envelope(job.message(source: "/console/test", now: Date()).body, from: .console)
            let memo = Memo(round: 3, sequence: 5, since: Date(timeIntervalSinceNow: -3_700), steps: "{}")
            let key = JobTopology.key(for: .pullMessage, tenant: envelope.tenant)
            let body = try envelope.body(memo: memo)
            try await road.publish(body, key: key)
            try await eventually("the letter of a memo that a console sent") {
                road.messages(in: JobTopology.dead).count == 1
            }
            #expect(await road.simulator.journal(route: "graph.messages.move").isEmpty)
            try await road.publishAgain(body, key: key)
            #expect(try await road.result(of: job.id).0 == .succeeded, "\(worker.output)")
            let next = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(1...3))
            #expect(try await road.result(of: next).1?.code == .capExceeded)
        }
    }

    @Test("A pull that is called off says how many mailboxes are done, in doubt and as they were")
    func calledOff() async throws {
        try await Road.walk(Self.scenario(mailboxes: 4)) { road in
            var rule = FaultRule(route: "graph.messages.move", fault: Fault(.hang))
            rule.mailbox = Self.mailbox(3)
            await road.simulator.add(rule)
            let worker = try await road.sluice(["worker"])
            let job = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(1...3))
            try await eventually(within: .seconds(30), "the move that hangs") {
                await road.simulator.journal(route: "graph.messages.move").contains { $0.fault == "hang" }
            }
            let command = try await road.sluice(["cancel", job.description])
            #expect(await command.status() == 0, "\(command.output)")
            let (outcome, problem) = try await road.result(of: job)
            let detail = problem?.detail ?? ""
            #expect(outcome == .cancelled && detail.contains("of 3 mailboxes are done"), "\(detail) \(worker.output)")
            #expect(detail.contains("a move was begun and its end was not seen"), "\(detail)")
            let output = try #require(try road.resultData(of: job)["output"] as? [String: Any])
            let rows = try #require(output["dispositions"] as? [[String: Any]])
            #expect(
                rows.contains { $0["target"] as? Int == 2 && $0["disposition"] as? String == "undetermined" },
                "\(rows)"
            )
        }
    }

    @Test("What of a campaign was over the hour's cap is pulled when it is sent again, and its table says so alone")
    func retried() async throws {
        try await Road.walk(Self.scenario(mailboxes: 5), listening: false) { road in
            let list = road.folder.appending(path: "list.csv")
            try Data((1...4).map { "\(Self.mailbox($0))\n" }.joined().utf8).write(to: list)
            let arguments = [
                "submit", "pull-message", "--csv", list.path, "--campaign", "cap", "--tenant", Scenario.contosoID,
                "--targets-per-job", "2", "--window", "1", "--data", Self.data,
            ]
            let small = try await road.sluice(["worker"], ["SLUICE_PULL_TARGETS_PER_HOUR": "3"])
            let first = try await road.sluice(arguments)
            #expect(await first.status() == 1, "\(small.output)")
            #expect(first.output.contains("2  job-failed") && first.output.contains("--retry"), "\(first.output)")
            small.signal(SIGTERM)
            #expect(await small.status() == 0)
            let worker = try await road.sluice(["worker"], ["SLUICE_PULL_TARGETS_PER_HOUR": "4"])
            let second = try await road.sluice(arguments + ["--retry"])
            #expect(await second.status() == 0, "\(second.output) \(worker.output)")
            #expect(second.output.contains("1 of 2 jobs are sent again") && second.output.contains("4  pulled"))
            let table = try String(contentsOf: list.appendingPathExtension("cap.pull.csv"), encoding: .utf8)
            #expect(table.split(separator: "\r\n").count == 5 && !table.contains("job-failed"), "\(table)")
        }
    }

    @Test("The hour's cap of a tenant holds over restarts of the worker, and refuses the whole job with the numbers")
    func hourlyCap() async throws {
        try await Road.walk(Self.scenario(mailboxes: 6)) { road in
            let settings = ["SLUICE_PULL_TARGETS_PER_HOUR": "4"]
            let first = try await road.sluice(["worker"], settings)
            let three = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(1...3))
            #expect(try await road.result(of: three).0 == .succeeded, "\(first.output)")
            first.signal(SIGTERM)
            #expect(await first.status() == 0)
            let second = try await road.sluice(["worker"], settings)
            let two = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(4...5))
            let (outcome, problem) = try await road.result(of: two)
            #expect(outcome == .failed && problem?.code == .capExceeded, "\(second.output)")
            let numbers = "names 2 mailboxes, and 3 were named within the hour; 4 are allowed"
            #expect(problem?.detail.contains(numbers) == true)
            let one = try await road.send(.pullMessage, Scenario.contosoID, data: Self.pull(4...4))
            #expect(try await road.result(of: one).0 == .succeeded)
            #expect(road.simulator.mailbox(Self.mailbox(5), tenant: Scenario.contosoID)?.items[0].folder == "Inbox")
        }
    }
}
