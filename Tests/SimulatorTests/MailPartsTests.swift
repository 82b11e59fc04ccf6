import Foundation
import Testing

@testable import Simulator

@Suite("Parts of mail that decide")
struct MailPartsTests {
    @Test(
        "A message filter is read exactly; anything else is refused",
        arguments: [
            ("internetMessageId eq '<a''b@x>'", 1), ("subject eq 'a and b' and isRead eq true", 2),
            ("receivedDateTime ge 2026-11-20T08:00:00Z and internetMessageId eq '<a@x>'", 2),
            (
                "singleValueExtendedProperties/Any(ep: ep/id eq 'String {\(MailPartsTests.guid)} Name Job' and ep/value eq 'a')",
                1
            ),
            ("internetMessageId eq '<a@x>", nil), ("internetMessageId eq <a@x>", nil), ("", nil),
            ("internetMessageId eq '<a@x>' or isRead eq true", nil), ("parentFolderId eq 'a'", nil),
            ("singleValueExtendedProperties/Any(ep: ep/id eq 'Job' and ep/value eq 'a')", nil),
        ] as [(String, Int?)]
    )
    func filters(text: String, clauses: Int?) {
        #expect((try? MessageFilter(text))?.clauses.count == clauses)
    }

    static let guid = "11111111-2222-4333-8444-555555555555"

    @Test(
        "An extended property's id has a GUID whose case does not count and a name whose case does",
        arguments: [
            (
                "String {AAAAAAAA-2222-4333-8444-555555555555} Name Job",
                "String {aaaaaaaa-2222-4333-8444-555555555555} Name Job"
            ),
            ("String {\(MailPartsTests.guid)} Name Two words", "String {\(MailPartsTests.guid)} Name Two words"),
            ("String \(MailPartsTests.guid) Name Job", nil), ("Integer {\(MailPartsTests.guid)} Name Job", nil),
            ("String {nonsense} Name Job", nil), ("String {\(MailPartsTests.guid)} Name", nil), ("", nil),
        ] as [(String, String?)]
    )
    func properties(text: String, id: String?) {
        #expect(ExtendedProperty.identifier(text) == id)
    }

    @Test("Ids of every kind are read back in their own mailbox alone")
    func identifiers() {
        let (owner, other) = (UUID(), UUID())
        for id in [MailIdentifier.folder(7), .regular(serial: 3, place: 9), .immutable(serial: 3)] {
            let text = id.text(owner: owner)
            #expect(MailIdentifier(text, owner: owner) == id)
            #expect(MailIdentifier(text, owner: other) == nil)
            #expect(MailIdentifier.isWellFormed(text))
            #expect(!MailIdentifier.isWellFormed(String(text.dropFirst())))
        }
    }

    @Test("Members of the population are known by number, name, alias and id, each in its one spelling")
    func population() throws {
        var tenant = ScenarioTenant(id: UUID().uuidString, initialDomain: "x.onmicrosoft.com", domains: [])
        tenant.mail.population = 1_234_567
        let population = Population(tenant)
        for member in [1, 42, 999_999, 1_234_567] {
            #expect(population.member(population.id(of: member)) == member)
            #expect(population.member(population.userPrincipalName(of: member).uppercased()) == member)
        }
        #expect(population.member(address: "alias000042@x.onmicrosoft.com") == 42)
        for stranger in ["user42@x.onmicrosoft.com", "user000000@x.onmicrosoft.com", "user1234568@x.onmicrosoft.com"] {
            #expect(population.member(stranger) == nil)
        }
    }

    @Test("A mailbox lets four in, forgets who left, and counts the refused in its window")
    func traffic() {
        var traffic = MailboxTraffic()
        let now = Date()
        for number in 1...4 { #expect(traffic.begin("a", number, MailboxLimits(), at: now) == nil) }
        #expect(traffic.begin("a", 5, MailboxLimits(), at: now) == .tooManyAtOnce)
        #expect(traffic.begin("b", 6, MailboxLimits(), at: now) == nil)
        traffic.end("a", 1)
        traffic.end("a", 1)
        #expect(traffic.begin("a", 7, MailboxLimits(), at: now) == nil)
        #expect(traffic.begin("a", 8, MailboxLimits(), at: now) == .tooManyAtOnce)
        var few = MailboxLimits()
        few.requests = 8
        #expect(traffic.begin("a", 9, few, at: now) == .tooManyAtOnce)
        #expect(traffic.begin("a", 10, few, at: now + 1) == .tooManyInWindow)
        #expect(traffic.begin("a", 11, few, at: now + 2) == .tooManyInWindow)
        #expect(traffic.begin("a", 12, few, at: now + 601.5) == .tooManyAtOnce)
    }
}
