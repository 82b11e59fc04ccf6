import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("A campaign over many mailboxes")
struct CampaignTests {
    private static let mailboxes = 240
    private static let data =
        #"{"internetMessageId":"\#(Scenario.demoMessageID)","reason":"phish","requestedBy":"admin@contoso.com","#
        + #""notify":["it@contoso.com"],"customer":"Contoso","language":"de"}"#

    /// One to three copies in each of many mailboxes, and a service that takes its time.
    private static var scenario: Scenario {
        var scenario = Scenario.demo
        scenario.tenants[0].mail.population = self.mailboxes + 1
        scenario.tenants[0].mail.deliveries[0].members = ScenarioMembers(first: 1, last: self.mailboxes + 1)
        scenario.latencyMilliseconds = 50
        return scenario
    }

    private static func name(_ number: Int) -> String {
        "user" + String(repeating: "0", count: 6 - String(number).count) + "\(number)@contoso.com"
    }

    /// A list, written beside the road.
    private static func list(_ road: Road, mailboxes: Int = CampaignTests.mailboxes) throws -> URL {
        let url = road.folder.appending(path: "list.csv")
        let lines = (1...mailboxes).map { "\(self.name($0))\r\n" }.joined()
        try Data(("\u{FEFF}mailbox\r\n" + lines).utf8).write(to: url)
        return url
    }

    private static func pull(_ list: URL) -> [String] {
        [
            "submit", "pull-message", "--csv", list.path, "--campaign", "invoice", "--tenant", Scenario.contosoID,
            "--targets-per-job", "20", "--data", self.data,
        ]
    }

    @Test("Interrupted and given again: every copy is moved once and told once, and no restore comes between")
    func interrupted() async throws {
        try await Road.walk(Self.scenario, listening: false) { road in
            let list = try Self.list(road)
            let before = road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID)
            let alone = try #require(road.simulator.mailbox(Self.name(Self.mailboxes + 1), tenant: Scenario.contosoID))
            let copies = before.copies - alone.items.count
            let worker = try await road.sluice(["worker"])
            let first = try await road.sluice(Self.pull(list))
            try await eventually(within: .seconds(60), "the first end of a job") {
                first.output.contains("1 of 12 jobs")
            }
            // Without it the campaign cannot come to its end before it is interrupted.
            worker.signal(SIGSTOP)
            let early = try await road.sluice(Self.restore(list))
            #expect(await early.status() == 1)
            #expect(early.output.contains("the campaign is not over"), "\(early.output)")
            first.signal(SIGINT)
            #expect(await first.status() == 1)
            #expect(first.output.contains("give the same command again to go on"), "\(first.output)")
            worker.signal(SIGCONT)
            let second = try await road.sluice(Self.pull(list))
            #expect(await second.status() == 0, "\(second.output) \(worker.output)")
            #expect(second.output.contains("\(copies)  pulled"), "\(second.output)")
            let table = try String(contentsOf: list.appendingPathExtension("invoice.pull.csv"), encoding: .utf8)
            let rows = table.split(separator: "\r\n").dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            #expect(rows.count == copies)
            #expect(Set(rows.map { "\($0[0]) \($0[2])" }).count == copies)
            #expect(rows.allSatisfy { $0[3] == "pulled" })
            let moved = road.simulator.mailEffects(tenant: Scenario.contosoID).filter { $0.action == .moved }
            #expect(moved.count == copies)
            let third = try await road.sluice(Self.pull(list))
            #expect(await third.status() == 0)
            #expect(
                road.simulator.mailEffects(tenant: Scenario.contosoID).filter { $0.action == .moved }.count == copies
            )
            #expect(await road.simulator.violations().isEmpty)
        }
    }

    private static func restore(_ list: URL) -> [String] {
        ["submit", "restore-message", "--csv", list.path, "--campaign", "invoice", "--targets-per-job", "10"]
    }

    @Test("A whole campaign is put back by its name, interrupted and given again, item by item")
    func restored() async throws {
        var scenario = Self.scenario
        scenario.latencyMilliseconds = 20
        try await Road.walk(scenario) { road in
            let list = try Self.list(road, mailboxes: 60)
            let worker = try await road.sluice(["worker"])
            let pull = try await road.sluice(Self.pull(list))
            #expect(await pull.status() == 0, "\(pull.output) \(worker.output)")
            let copies = try #require(
                road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID)
                    .folders["Sluice quarantine"]
            )
            let first = try await road.sluice(Self.restore(list))
            try await eventually(within: .seconds(60), "the first end of a job") {
                first.output.contains("1 of 6 jobs")
            }
            worker.signal(SIGSTOP)
            first.signal(SIGINT)
            #expect(await first.status() == 1)
            #expect(first.output.contains("give the same command again to go on"), "\(first.output)")
            worker.signal(SIGCONT)
            let second = try await road.sluice(Self.restore(list))
            #expect(await second.status() == 0, "\(second.output) \(worker.output)")
            #expect(second.output.contains("\(copies)  restored"), "\(second.output)")
            try await Self.toldOfRestore(road, jobs: 6)
            #expect(road.simulator.mailDifferences(tenant: Scenario.contosoID) == [])
            let effects = road.simulator.mailEffects(tenant: Scenario.contosoID).count
            let third = try await road.sluice(Self.restore(list))
            #expect(await third.status() == 0)
            #expect(road.simulator.mailEffects(tenant: Scenario.contosoID).count == effects)
            let table = try String(contentsOf: list.appendingPathExtension("invoice.restore.csv"), encoding: .utf8)
            #expect(table.split(separator: "\r\n").count == copies + 1)
            #expect(await road.simulator.violations().isEmpty)
        }
    }

    /// Those whom the pull told are told of its restore, in their language, though its command names nobody.
    private static func toldOfRestore(_ road: Road, jobs: Int) async throws {
        func told() throws -> [NotificationRequested] {
            try road.messages(in: JobTopology.consoleEvents)
                .filter { $0.properties.type == JobEventName.notificationRequested.messageType }
                .map { try NotificationRequested(data: #require(JSONScan($0.body).raw("data"))) }
                .filter { $0.template == NotificationTemplate.messageRestored.rawValue }
        }
        try await eventually(within: .seconds(60), "a notification for each job") { try told().count == jobs }
        for request in try told() {
            #expect(request.recipients == ["it@contoso.com"] && request.language == "de")
            #expect(request.values["customer"] == .text("Contoso") && request.values["campaign"] == .text("invoice"))
            #expect(request.values["requestedBy"] == .text("admin@contoso.com"))
        }
    }

    @Test("A single pull that comes during a campaign is done before the campaign is")
    func single() async throws {
        var scenario = Self.scenario
        scenario.latencyMilliseconds = 200
        try await Road.walk(scenario) { road in
            let list = try Self.list(road)
            let worker = try await road.sluice(["worker"])
            let campaign = try await road.sluice(Self.pull(list))
            try await eventually(within: .seconds(60), "the first end of a job") {
                campaign.output.contains("1 of 12 jobs")
            }
            let job = JobID(UUID())
            let members = #"{"targets":[{"mailbox":"\#(Self.name(Self.mailboxes + 1))"}],"#
            let pull = try await road.sluice([
                "submit", "pull-message", "--tenant", Scenario.contosoID, "--id", job.description, "--wait", "--data",
                members + Self.data.dropFirst(),
            ])
            #expect(await pull.status() == 0, "\(pull.output) \(worker.output)")
            #expect(!campaign.output.contains("12 of 12 jobs"), "the campaign was over before")
            campaign.signal(SIGINT)
            #expect(await campaign.status() == 1)
        }
    }

    @Test("What cannot be sent is refused before anything is")
    func refused() async throws {
        try await Road.walk(.demo, listening: false, topology: false) { road in
            let list = road.folder.appending(path: "list.csv")
            let cases = [
                ("mailbox\na@b.example\nnonsense\n", "line 3: 'nonsense'"),
                ("mailbox\na@b.example\n\nA@b.example\n", "line 4 names the same mailbox"),
                ("mailbox\n\"a@b.example\n", "line 2: a quoted field"), ("", "it is empty"),
                ("\u{FEFF}mailbox\r\n\r\n", "names columns and no mailbox"),
                ("mailbox\nsoftware@exämple\n", "line 2: 'software@exämple'"),
            ]
            for (text, words) in cases {
                try Data(text.utf8).write(to: list)
                let command = try await road.sluice(Self.pull(list))
                #expect(await command.status() == 2)
                #expect(command.output.contains(words), "\(command.output)")
            }
            try Data("mailbox\nj\u{E9}r\u{F4}me@b.example\n".utf16.map { UInt8(truncatingIfNeeded: $0) }).write(
                to: list
            )
            let latin = try await road.sluice(Self.pull(list))
            #expect(await latin.status() == 2)
            #expect(latin.output.contains("line 2: the text is not UTF-8"), "\(latin.output)")
            for missing in [road.folder, road.folder.appending(path: "nothing.csv")] {
                let command = try await road.sluice(Self.pull(missing))
                #expect(await command.status() == 2)
                #expect(command.output.contains("the table cannot be read"), "\(command.output)")
            }
            try Data("mailbox\na@b.example\n".utf8).write(to: list)
            for id in ["a@b", "", "<>"] {
                let words = ["--data", #"{"internetMessageId":"\#(id)","reason":"r","requestedBy":"a@b.example"}"#]
                let command = try await road.sluice(Self.pull(list).dropLast(2) + words)
                #expect(await command.status() == 2)
                #expect(command.output.contains("`data.internetMessageId`"), "\(command.output)")
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: road.folder.path)
            #expect(!files.contains { $0.hasSuffix(".jsonl") })
        }
    }
}
