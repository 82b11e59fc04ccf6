import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Parts of a directory's synchronisation")
struct DirectoryPartsTests {
    @Test(
        "Filters admit who is wanted",
        arguments: [
            ("", #""mail":null"#, true),
            (#""users":"enabled""#, #""accountEnabled":false,"mail":"a@contoso.com""#, false),
            (#""users":"enabled-and-shared""#, #""accountEnabled":false,"mail":"a@contoso.com""#, true),
            (
                #""users":"enabled-and-shared""#,
                #""accountEnabled":false,"mail":"a@contoso.com","assignedLicenses":[{"skuId":"1"}]"#, false
            ),
            (#""users":"enabled-and-shared""#, #""accountEnabled":false,"mail":null"#, false),
            (#""users":"all""#, #""accountEnabled":false,"mail":null"#, true),
            (#""guests":false"#, #""userType":"Guest""#, false), (#""guests":true"#, #""userType":"Guest""#, true),
            (#""domains":["Contoso.com"]"#, #""proxyAddresses":["smtp:x@CONTOSO.COM"]"#, true),
            (#""domains":["contoso.com"]"#, #""proxyAddresses":["SIP:x@contoso.com"]"#, false),
            (#""domains":["contoso.com"]"#, #""mail":"x@mail.contoso.com""#, false),
            (#""domains":["contoso.com"]"#, #""mail":"x@contoso.com""#, true),
        ]
    )
    func admits(filters: String, member: String, isAdmitted: Bool) throws {
        let job = try Bench.sync(filters.isEmpty ? "" : #""filters":{\#(filters)}"#)
        let effective = job.filters?.over(.standard) ?? .standard
        let enabled = member.contains("accountEnabled") ? "" : #""accountEnabled":true,"#
        let json = #"{"id":"u","userPrincipalName":"a@contoso.com",\#(enabled)\#(member)}"#
        let item = try JSONDecoder().decode(UserItem.self, from: Data(json.utf8))
        #expect(effective.admit(try required(item.record)) == isAdmitted)
    }

    @Test(
        "The guard counts against number and percentage, spares the first five, and goes by what was agreed to",
        arguments: [
            (5, 5, nil, true), (6, 6, nil, false), (10, 100, nil, true), (11, 100, nil, false),
            (500, 100_000, nil, true), (501, 100_000, nil, false), (11, 100, 11, true), (12, 100, 11, false),
            (6, 6, 6, true), (0, 0, nil, true),
        ] as [(Int, Int, Int?, Bool)]
    )
    func guards(removals: Int, held: Int, confirmed: Int?, isAllowed: Bool) {
        let bounds = RemovalGuard(percentMax: 10, numberMax: 500, confirmed: confirmed)
        let found = DirectoryHeld.Removals(removals: removals, held: held)
        let none = DirectoryHeld.Removals(removals: 0, held: 0)
        #expect(bounds.allows(found) == isAllowed)
        #expect((bounds.objection(users: found, groups: none) == nil) == isAllowed)
        #expect((bounds.objection(users: none, groups: found) == nil) == isAllowed)
    }

    @Test(
        "In a round of changes no more can go than was sent, whatever the sample says",
        arguments: [(512, 2, true), (512, 500, true), (512, 501, false), (700, nil, false)] as [(Int, Int?, Bool)]
    )
    func guardsBySent(estimate: Int, sent: Int?, isAllowed: Bool) {
        let bounds = RemovalGuard(percentMax: 10, numberMax: 500, confirmed: nil)
        let found = DirectoryHeld.Removals(removals: estimate, held: 100_000)
        let none = DirectoryHeld.Removals(removals: 0, held: 0)
        let pair = sent.map { (users: $0, groups: 0) }
        #expect((bounds.objection(users: found, groups: none, sent: pair) == nil) == isAllowed)
        let other = sent.map { (users: 0, groups: $0) }
        #expect((bounds.objection(users: none, groups: found, sent: other) == nil) == isAllowed)
        // What was agreed to is the number that people were told.
        let agreed = RemovalGuard(percentMax: 10, numberMax: 500, confirmed: estimate)
        #expect(agreed.allows(found, sent: sent))
    }

    @Test("Pages end at 500 changes and far below 1 MiB; nothing is lost between them, and the order stays")
    func cutsPages() throws {
        var assembly = PageAssembly()
        var pages: [[DirectoryChange]] = []
        let changes = (0..<2_600).map { number in
            DirectoryChange.user(
                DirectoryUser(
                    id: "\(number)",
                    userPrincipalName: "u\(number)@contoso.com",
                    displayName: number > 1_500 ? String(repeating: "\u{1}\"é", count: 200) : nil,
                    mail: nil,
                    proxyAddresses: [],
                    accountEnabled: true,
                    userType: nil,
                    isLicensed: false
                )
            )
        }
        for change in changes { if let page = assembly.add(change) { pages.append(page) } }
        pages.append(assembly.take())
        #expect(pages.flatMap { $0 } == changes)
        #expect(pages[0].count == 500)
        for page in pages {
            #expect(page.count <= DirectoryPage.changesMax)
            #expect(try JSONEncoder().encode(page).count <= PageAssembly.bytesMax)
        }
        #expect(assembly.changes.isEmpty)
    }

    private static func members(_ json: String) throws -> [MemberItem] {
        try JSONDecoder().decode([MemberItem].self, from: Data(json.utf8))
    }

    @Test("Of two words about one member the later counts, and who receives no mail is left out")
    func mergesMembers() throws {
        let items = try Self.members(
            """
            [{"id":"a"},{"id":"b","@removed":{"reason":"deleted"}},{"id":"a","@removed":{"reason":"deleted"}},
            {"id":"b"},{"@odata.type":"#microsoft.graph.device","id":"d"},{"@odata.type":"#microsoft.graph.group","id":"g"}]
            """
        )
        let expected = DirectoryMembers(group: "x", replaces: false, added: ["b", "g"], removed: ["a"])
        #expect(DirectoryMembers.changes("x", items) == [.members(expected)])
        #expect(DirectoryMembers.changes("x", []).isEmpty)
    }

    @Test("A long list goes over several changes, of which the first alone drops what was held")
    func cutsMembers() throws {
        let items = try Self.members("[\((0..<4_500).map { #"{"id":"m\#($0)"}"# }.joined(separator: ","))]")
        let changes = DirectoryMembers.list("x", items, isFirst: true).compactMap { change in
            if case .members(let members) = change { members } else { nil }
        }
        #expect(changes.map(\.added.count) == [2_000, 2_000, 500])
        #expect(changes.map(\.replaces) == [true, false, false])
        let empty = DirectoryMembers(group: "x", replaces: true, added: [], removed: [])
        #expect(DirectoryMembers.list("x", [], isFirst: true) == [.members(empty)])
        #expect(DirectoryMembers.list("x", [], isFirst: false).isEmpty)
    }

    @Test("Pages of a killed run do not count, those of a round that is begun again neither")
    func countsPages() {
        var memo = DirectoryMemo()
        memo.begin(.first, from: nil)
        for _ in 0..<3 { memo.addPage(of: "a") }
        memo.endRound(next: "users", hasGroups: true)
        memo.addPage(of: "a")
        memo.addPage(of: "b")
        #expect(memo.stretches.map { [$0.part, "\($0.first)", "\($0.last)"] } == [["a", "1", "4"], ["b", "5", "5"]])
        memo.beginRoundAgain(from: nil)
        #expect(memo.stretches.map { [$0.part, "\($0.first)", "\($0.last)"] } == [["a", "1", "3"]])
        #expect(memo.phase == .groups)
        memo.addPage(of: "b")
        #expect(memo.stretches.last == DirectoryCommit.Stretch(part: "b", first: 6, last: 6))
        memo.begin(.resyncRequired, from: nil)
        #expect(memo.stretches.isEmpty)
        #expect(memo.pages == 6)
    }

    @Test(
        "A state whose numbers are out of bounds is a bad payload, and the guard counts what is within them",
        arguments: [
            (#""generation":1"#, #""generation":9223372036854775807"#),
            (#""generation":1"#, #""generation":1000000001"#),
            (#""generation":1"#, #""generation":0"#), (#""generation":1"#, #""generation":1e300"#),
            (#""shift":40"#, #""shift":62"#), (#""shift":40"#, #""shift":41"#), (#""shift":40"#, #""shift":-1"#),
            (#""hashes":"AAAAAAAAAAE=""#, #""hashes":"AAAA""#),
            (#""hashes":"AAAAAAAAAAE=""#, #""hashes":"//////////8=""#),
        ]
    )
    func refusesStates(old: String, new: String) throws {
        let tenant = TenantID(UUID())
        let sample = #"{"shift":40,"hashes":"AAAAAAAAAAE="}"#
        let json =
            #"{"tenant":"\#(tenant)","generation":1,"filters":"x","usersLink":"u","groupsLink":"g","users":\#(sample),"#
            + #""groups":\#(sample)}"#
        func state(_ json: String) throws -> DirectoryState {
            try DirectoryState(text: "d1." + Data(json.utf8).base64EncodedString(), tenant: tenant)
        }
        let good = try state(json)
        let held = DirectoryHeld.Removals(removals: good.users.missing(in: IDSample()), held: good.users.estimate)
        #expect(held.removals == 1 << 40)
        let bounds = RemovalGuard(percentMax: 100, numberMax: .max, confirmed: nil)
        #expect(bounds.objection(users: held, groups: held) == nil)
        #expect(json.contains(old))
        #expect { try state(json.replacing(old, with: new)) } throws: { ($0 as? Problem)?.code == .invalidPayload }
    }

    @Test(
        "A memo whose numbers are out of bounds is no memo",
        arguments: [
            (#""pages":7"#, #""pages":9223372036854775807"#), (#""pages":7"#, #""pages":-1"#),
            (#""pages":7"#, #""pages":1"#), (#""restarts":0"#, #""restarts":9223372036854775807"#),
            (#""pagesBefore":0"#, #""pagesBefore":8"#), (#""membersAdded":0"#, #""membersAdded":9223372036854775807"#),
            (#""upserted":0"#, #""upserted":9223372036854775807"#), (#""first":1"#, #""first":-9223372036854775808"#),
            (#""last":7"#, #""last":9223372036854775807"#), (#""shift":0"#, #""shift":63"#),
        ]
    )
    func refusesMemos(old: String, new: String) throws {
        var memo = DirectoryMemo()
        memo.begin(.first, from: nil)
        for _ in 0..<7 { memo.addPage(of: "a") }
        let text = try memo.text()
        #expect(DirectoryMemo(text: text)?.pages == 7)
        #expect(text.contains(old), "\(text)")
        #expect(DirectoryMemo(text: text.replacing(old, with: new)) == nil)
    }

    @Test("Near the limit calls are spaced, at it for as long as the window")
    func paces() {
        #expect(DirectoryPace.pause(at: nil) == .zero)
        #expect(DirectoryPace.pause(at: 0.79) == .zero)
        #expect(DirectoryPace.pause(at: 0.8) == .seconds(1))
        #expect(DirectoryPace.pause(at: 1) == .seconds(10))
        #expect(DirectoryPace.pause(at: 1.8) == .seconds(10))
    }

    @Test("A state comes back from its text; filters that import the same have the same fingerprint")
    func statesComeBack() throws {
        let tenant = TenantID(UUID())
        var users = IDSample()
        for number in 0..<100_000 { users.insert("\(number)") }
        let link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=" + String(repeating: "x", count: 2_000)
        let state = try DirectoryState(
            tenant: tenant,
            generation: 3,
            filters: .standard,
            usersLink: link,
            groupsLink: link,
            users: users,
            groups: users
        )
        let text = try state.text()
        #expect(text.utf8.count < SyncDirectory.stateLengthMax / 2)
        #expect(try DirectoryState(text: text, tenant: tenant) == state)
        var one = DirectoryFilters.standard
        var two = one
        (one.domains, two.domains) = (["B.example", "a.example"], ["a.example", "b.example", "b.example"])
        #expect(try DirectoryState.fingerprint(of: one) == DirectoryState.fingerprint(of: two))
        two.guests = true
        #expect(try DirectoryState.fingerprint(of: one) != DirectoryState.fingerprint(of: two))
    }
}
