import Foundation
import JobModel
import Testing

@testable import Operations

@Suite("What is kept of a campaign")
struct CampaignStateTests {
    private static let head = CampaignState.Head(
        campaign: "c1",
        type: "pull-message",
        tenant: "t",
        list: "list.csv",
        digest: "d1",
        jobs: 2,
        targets: 3,
        order: CampaignOrder(requestedBy: "a@b.example")
    )
    private static let jobs = (1...2).map { number in
        CampaignPlan.Job(key: JobID(UUID()), targets: number, data: Array(#"{"targets":[{"mailbox":"m@x"}]}"#.utf8))
    }

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "campaign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let list = folder.appending(path: "list.csv")
        try body(CampaignState.journal(beside: list, campaign: "c1", word: "pull"))
    }

    private func result(_ count: Int) throws -> CampaignResult {
        let row = #"{"target":0,"mailbox":"m@x","disposition":"pulled","copyId":"AAk=","before":{"at":"t1"}}"#
        let rows = Array(repeating: row, count: count).joined(separator: ",")
        let body = #"{"data":{"outcome":"succeeded","output":{"dispositions":[\#(rows)]}}}"#
        return try #require(CampaignResult(Array(body.utf8), of: Self.jobs[0]))
    }

    private func lines(_ url: URL) throws -> Int {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\r\n").count
    }

    @Test("Whoever goes on knows what has ended, and nothing is written twice")
    func resumed() throws {
        try inFolder { journal in
            var state: CampaignState? = try CampaignState(Self.head, journal: journal)
            try state?.record(try result(2), of: Self.jobs[0])
            try state?.record(try result(2), of: Self.jobs[0])
            let table = try #require(state?.dispositions)
            state = nil
            #expect(CampaignState.ended(in: journal) == 1)
            #expect(CampaignState.head(of: journal) == Self.head)
            let next = try CampaignState(Self.head, journal: journal)
            #expect(next.outcomes == [Self.jobs[0].id.description: .succeeded])
            #expect(next.totals == ["pulled": 2])
            try next.record(try result(1), of: Self.jobs[1])
            #expect(next.totals == ["pulled": 3])
            #expect(try lines(table) == 4)
            let mode = try FileManager.default.attributesOfItem(atPath: table.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("What a torn write left is cut off, in both files")
    func torn() throws {
        try inFolder { journal in
            var state: CampaignState? = try CampaignState(Self.head, journal: journal)
            try state?.record(try result(2), of: Self.jobs[0])
            let table = try #require(state?.dispositions)
            state = nil
            for (url, text) in [(journal, #"{"job":"to"#), (table, "half a line")] {
                let file = try FileHandle(forWritingTo: url)
                try file.seekToEnd()
                try file.write(contentsOf: Data(text.utf8))
                try file.close()
            }
            let next = try CampaignState(Self.head, journal: journal)
            try next.record(try result(1), of: Self.jobs[1])
            #expect(CampaignState.ended(in: journal) == 2)
            #expect(try lines(table) == 4)
            #expect(!(try String(contentsOf: table, encoding: .utf8).contains("half")))
        }
    }

    private static let plan = """
        mailbox,internetMessageId
        a@x.example,<1@x>
        b@x.example,<2@x>
        c@x.example,<3@x>

        """

    private func plan() throws -> CampaignPlan {
        try CampaignPlan(
            pulling: try CampaignList(Array(Self.plan.utf8)),
            campaign: "c1",
            type: .pullMessage,
            tenant: TenantID(UUID()),
            data: Array(#"{"reason":"phish","requestedBy":"admin@contoso.com"}"#.utf8)
        )
    }

    private func failure(of job: CampaignPlan.Job, _ outcome: String) throws -> CampaignResult {
        let body = #"{"data":{"outcome":"\#(outcome)","problem":{"code":"cap-exceeded"}}}"#
        return try #require(CampaignResult(Array(body.utf8), of: job))
    }

    @Test("Jobs that failed or were cancelled are taken back, under other ids, and their lines with them")
    func takesBack() throws {
        try inFolder { journal in
            let plan = try self.plan()
            let head = CampaignState.Head(plan, list: "list.csv", order: CampaignOrder())
            var state: CampaignState? = try CampaignState(head, journal: journal)
            try state?.record(try failure(of: plan.jobs[0], "failed"), of: plan.jobs[0])
            try state?.record(try result(2), of: plan.jobs[1])
            try state?.record(try failure(of: plan.jobs[2], "cancelled"), of: plan.jobs[2])
            #expect(try state?.takeBack(plan, at: Date(timeIntervalSince1970: 1_000)) == 2)
            #expect(state?.totals == ["pulled": 2] && state?.outcomes.count == 1)
            let table = try #require(state?.dispositions)
            #expect(try lines(table) == 3)
            #expect(throws: CampaignError.self) { try CampaignState(head, journal: journal) }
            state = nil
            #expect(CampaignState.ended(in: journal) == 1)
            let next = try CampaignState(head, journal: journal)
            let again = plan.jobs.map { next.rounds[$0.key.description] ?? 0 }
            #expect(again == [1_000, 0, 1_000])
            let job = plan.jobs[0].again(in: 1_000)
            #expect(job.key == plan.jobs[0].key && job.id != plan.jobs[0].id && job.id != plan.jobs[0].again(in: 1).id)
            try next.record(try failure(of: job, "failed"), of: job)
            #expect(try lines(table) == 4)
            #expect(try String(contentsOf: table, encoding: .utf8).contains(job.id.description))
            #expect(try next.takeBack(plan, at: Date(timeIntervalSince1970: 900)) == 1)
            #expect(next.rounds[job.key.description] == 1_001 && next.totals == ["pulled": 2])
            try next.record(try result(1), of: job)
            #expect(try next.takeBack(plan, at: Date()) == 0)
            #expect(try lines(table) == 4)
        }
    }

    @Test("Broken off while its files take their places, a campaign goes on with those that belong together")
    func takesBackTorn() throws {
        try inFolder { journal in
            let plan = try self.plan()
            let head = CampaignState.Head(plan, list: "list.csv", order: CampaignOrder())
            var state: CampaignState? = try CampaignState(head, journal: journal)
            try state?.record(try failure(of: plan.jobs[0], "failed"), of: plan.jobs[0])
            try state?.record(try result(2), of: plan.jobs[1])
            let table = try #require(state?.dispositions)
            let old = try (journal: Data(contentsOf: journal), table: Data(contentsOf: table))
            _ = try state?.takeBack(plan, at: Date())
            state = nil
            let new = try (journal: Data(contentsOf: journal), table: Data(contentsOf: table))
            // Before the journal has its place the old files count, after it the new ones.
            for (first, totals) in [(old.journal, ["job-failed": 1, "pulled": 2]), (new.journal, ["pulled": 2])] {
                try first.write(to: journal)
                try old.table.write(to: table)
                try new.table.write(to: table.appendingPathExtension("new"))
                let state = try CampaignState(head, journal: journal)
                #expect(state.totals == totals)
                #expect(try Data(contentsOf: table) == (first == old.journal ? old.table : new.table))
                #expect(!FileManager.default.fileExists(atPath: table.appendingPathExtension("new").path))
            }
        }
    }

    @Test("A campaign whose file is lost is sent again as a whole, and not under the ids of before")
    func startsAnew() throws {
        try inFolder { journal in
            let plan = try self.plan()
            let state = try CampaignState(CampaignState.Head(plan, list: "l", order: CampaignOrder()), journal: journal)
            #expect(try state.takeBack(plan, at: Date()) == 3)
            #expect(Set(plan.jobs.map(\.key.description)) == Set(state.rounds.keys))
        }
    }

    @Test("Another plan, another command at work and a foreign file are refused")
    func refused() throws {
        try inFolder { journal in
            let state = try CampaignState(Self.head, journal: journal)
            let second = #expect(throws: CampaignError.self) { try CampaignState(Self.head, journal: journal) }
            #expect(second?.reason.contains("another command") == true)
            withExtendedLifetime(state) {}
        }
        try inFolder { journal in
            _ = try CampaignState(Self.head, journal: journal)
            let other = CampaignState.Head(
                campaign: "c1",
                type: "pull-message",
                tenant: "t",
                list: "list.csv",
                digest: "d2",
                jobs: 2,
                targets: 3,
                order: CampaignOrder()
            )
            let error = #expect(throws: CampaignError.self) { try CampaignState(other, journal: journal) }
            #expect(error?.reason.contains("choose another --campaign") == true)
            try Data("hello\n".utf8).write(to: journal)
            let foreign = #expect(throws: CampaignError.self) { try CampaignState(Self.head, journal: journal) }
            #expect(foreign?.reason.contains("not the file of a campaign") == true)
        }
    }

    @Test("A job that was called off shows what it had done, and the mailboxes of which it says nothing")
    func calledOff() throws {
        let content = """
            {"outcome":"cancelled","problem":{"code":"cancelled"},"output":{"dispositions":[
            {"target":0,"mailbox":"m@x","disposition":"restored","copies":14},
            {"target":0,"mailbox":"m@x","disposition":"undetermined"}]}}
            """
        let data = #"{"mailboxes":["m@x","n@x"]}"#
        let job = CampaignPlan.Job(key: JobID(UUID()), targets: 2, data: Array(data.utf8))
        let result = try #require(CampaignResult(Array(#"{"data":\#(content)}"#.utf8), of: job))
        #expect(result.totals == ["restored": 14, "undetermined": 1, "job-cancelled": 1])
        #expect(
            result.records.map { [$0[0], $0[3], $0[4], $0[11]] } == [
                ["m@x", "restored", "", "14"], ["m@x", "undetermined", "", ""],
                ["n@x", "job-cancelled", "cancelled", ""],
            ]
        )
        #expect(result.records.allSatisfy { $0.count == CampaignResult.columns.count })
    }

    @Test("A job that failed or was cancelled counts its mailboxes; what cannot be read does not pass for a success")
    func failures() throws {
        let cases = [
            (#"{"outcome":"failed","problem":{"code":"code-of-tomorrow"}}"#, "job-failed", "code-of-tomorrow"),
            (#"{"outcome":"cancelled","problem":{"code":"cancelled"}}"#, "job-cancelled", "cancelled"),
            (#"{"outcome":"succeeded","output":{"rows":[]}}"#, "job-unreadable", ""),
        ]
        for (content, disposition, note) in cases {
            let result = try #require(CampaignResult(Array(#"{"data":\#(content)}"#.utf8), of: Self.jobs[1]))
            #expect(result.totals == [disposition: 2])
            #expect(result.records.map { Array($0[..<5]) } == [["m@x", "", "", disposition, note]])
        }
        #expect(CampaignResult(Array("{}".utf8), of: Self.jobs[0]) == nil)
    }
}
