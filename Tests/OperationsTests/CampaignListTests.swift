import Operations
import Testing

@Suite("The list of a campaign")
struct CampaignListTests {
    private func list(_ text: String) throws -> CampaignList { try CampaignList(Array(text.utf8)) }

    @Test("Columns are found by name, in any order and case; others are passed over")
    func columns() throws {
        let list = try list(
            "Name;InternetMessageID;MAILBOX;receivedAfter\nx;<a@b>; a@b.example ;2026-11-01T00:00:00Z\ny;;c@d.example;\n"
        )
        #expect(list.targets.map(\.mailbox) == ["a@b.example", "c@d.example"])
        #expect(list.targets.map(\.internetMessageID) == ["<a@b>", nil])
        #expect(list.targets.map(\.receivedAfter) == ["2026-11-01T00:00:00Z", nil])
    }

    @Test("A column of mailboxes needs no name, and an object id is a mailbox too")
    func plain() throws {
        let list = try list("a@b.example\n0a1b2c3d-0000-4000-8000-00000000c001\n")
        #expect(list.targets.count == 2)
    }

    @Test(
        "A bad list is refused by its line",
        arguments: [
            ("", "it is empty"), ("mailbox\n", "names columns and no mailbox"), ("user,name\na,b", "line 1: no column"),
            ("mailbox\na@b.example\nnonsense", "line 3: 'nonsense' is neither"),
            ("mailbox,x\na@b.example", "line 2 has 1 fields where the first has 2"),
            ("mailbox\na@b.example\nc@d.example\nA@B.example", "line 4 names the same mailbox and message as line 2"),
        ]
    )
    func refused(text: String, words: String) {
        let error = #expect(throws: CampaignError.self) { try list(text) }
        #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
    }
}
