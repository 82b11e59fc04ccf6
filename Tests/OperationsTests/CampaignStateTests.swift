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
        requestedBy: "a@b.example"
    )
    private static let jobs = (1...2).map { number in
        CampaignPlan.Job(id: JobID(UUID()), targets: number, data: Array(#"{"targets":[{"mailbox":"m@x"}]}"#.utf8))
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
                requestedBy: nil
            )
            let error = #expect(throws: CampaignError.self) { try CampaignState(other, journal: journal) }
            #expect(error?.reason.contains("choose another --campaign") == true)
            try Data("hello\n".utf8).write(to: journal)
            let foreign = #expect(throws: CampaignError.self) { try CampaignState(Self.head, journal: journal) }
            #expect(foreign?.reason.contains("not the file of a campaign") == true)
        }
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
