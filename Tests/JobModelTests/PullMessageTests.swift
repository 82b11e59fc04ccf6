import Foundation
import Testing

@testable import JobModel

@Suite("The data of pull-message and restore-message")
struct PullMessageTests {
    private func violation(_ members: String) -> String? {
        let json = #"{"internetMessageId":"<a@b>","reason":"r","requestedBy":"a@b.example",\#(members)}"#
        do throws(Problem) {
            _ = try PullMessage(data: Array(json.utf8))
            return nil
        } catch {
            return error.detail
        }
    }

    private func targets(_ mailboxes: [String]) -> String {
        #""targets":[\#(mailboxes.map { #"{"mailbox":"\#($0)"}"# }.joined(separator: ","))]"#
    }

    @Test("A mailbox in another case is the same mailbox, and both places are named")
    func namesDuplicates() throws {
        let violation = try #require(self.violation(self.targets(["x@b.example", "Anna@b.example", "anna@B.example"])))
        #expect(violation == "`data.targets[2]` names the same mailbox as `data.targets[1]`.")
    }

    @Test("A window that ends before it begins is refused, whatever the zones")
    func ordersWindows() throws {
        let violation = try #require(
            self.violation(
                #"""
                "targets":[{"mailbox":"a@b.example","receivedAfter":"2026-11-23T01:00:00Z",
                "receivedBefore":"2026-11-23T01:30:00+01:00"}]
                """#
            )
        )
        #expect(violation.hasPrefix("`data.targets[0].receivedBefore`"))
    }

    @Test("A target list is 1 to 1,000 long")
    func boundsTargets() {
        let names = (0...1_000).map { "user\($0)@b.example" }
        #expect(self.violation(self.targets([]))?.contains("0 entries") == true)
        #expect(self.violation(self.targets(names))?.contains("1001 entries") == true)
        #expect(self.violation(self.targets(Array(names.dropLast()))) == nil)
    }

    @Test("What a pull reads is what it writes")
    func roundTrips() throws {
        let json = #"""
            {"internetMessageId":"<a'+ü@b>","targets":[{"mailbox":"a@b.example","receivedAfter":"2026-11-23T00:00:00.125Z"}],
            "from":"s@b.example","reason":"r","requestedBy":"a@b.example","campaign":"c1","notify":["a@b.example"],"dryRun":true}
            """#
        let job = try PullMessage(data: Array(json.utf8))
        #expect(try PullMessage(data: [UInt8](try JSONEncoder().encode(job))) == job)
    }

    @Test(
        "A campaign is a word of letters, digits and four signs",
        arguments: [
            ("2026-11-23.invoice:1", true), ("a", true), ("_a", false), ("", false), ("a b", false), ("ä", false),
            (String(repeating: "a", count: 100), true), (String(repeating: "a", count: 101), false),
        ]
    )
    func campaigns(text: String, isOne: Bool) { #expect(MessageRule.isCampaign(text) == isOne) }

    @Test("A restore has exactly one selector")
    func selects() throws {
        func read(_ selector: String) throws(Problem) -> RestoreMessage {
            let json = #"{\#(selector)"mailboxes":["a@b.example"],"reason":"r","requestedBy":"a@b.example"}"#
            return try RestoreMessage(data: Array(json.utf8))
        }
        let job = JobID(UUID())
        #expect(try read(#""pullJob":"\#(job)","#).selector == .pullJob(job))
        #expect(try read(#""campaign":"c1","#).selector == .campaign("c1"))
        #expect(try read(#""internetMessageId":"<a@b>","#).selector == .internetMessageID("<a@b>"))
        #expect(throws: Problem.self) { try read("") }
        #expect(throws: Problem.self) { try read(#""campaign":"c1","internetMessageId":"<a@b>","#) }
    }

    @Test("The totals of a result name every disposition and add up to its rows")
    func totalsAddUp() {
        let output = MessageOutputSamples.output(PullDisposition.self)
        #expect(output.totals.values.reduce(0, +) == output.dispositions.count)
        #expect(Set(output.totals.keys) == Set(PullDisposition.allCases.map(\.rawValue)))
    }
}
