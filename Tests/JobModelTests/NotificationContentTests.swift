import Foundation
import Testing

@testable import JobModel

@Suite("What people are told about")
struct NotificationContentTests {
    /// One of each template, with the longest of everything.
    static let contents: [NotificationContent] = [
        .tenantConnected(domains: (0..<80).map { "domain\($0).example" }, changes: 5),
        .tenantDisconnected(changes: 5, remains: [Self.remains]),
        .outboundConnectorEnabled(domains: ["contoso.com"]),
        .outboundConnectorDisabled(reason: "Mail is refused."),
        .driftFound(findings: Array(repeating: Self.finding, count: 80), repaired: 0),
        .connectionLost(Problem(.consentMissing, "The service principal is gone.")),
        .messagePulled(targets: 20, dispositions: ["pulled": 19, "not-found": 1], message: Self.message),
        .messageRestored(targets: 20, dispositions: ["restored": 19, "not-found": 1], message: Self.message),
        .directoryHeld(removals: 900, known: 1_000),
        .jobDied(Problem(.executorCrashed, String(repeating: "x", count: 2_000)), untold: 9_997),
    ]

    private static let long = String(repeating: "é", count: 1_200)
    private static let finding = NotificationFinding(
        subject: .inboundConnector,
        name: Self.long,
        drift: .changed,
        field: Self.long,
        was: Self.long,
        is: Self.long,
        changedBy: Self.long
    )
    private static let remains = NotificationRemains(kind: .bypassRule, name: Self.long, reason: Self.long)
    private static let message = NotificationMessage(
        internetMessageID: "<\(Self.long)>",
        campaign: "c1",
        reason: "phish"
    )

    @Test("Every template has a content, and every value keeps the schema's bounds")
    func bounds() {
        #expect(Self.contents.map(\.template) == NotificationTemplate.allCases)
        for content in Self.contents {
            for value in content.values.values {
                switch value {
                case .text(let text): #expect(text.unicodeScalars.count <= NotificationValue.lengthMax)
                case .list(let list):
                    #expect(list.count <= NotificationValue.entriesMax)
                    #expect(list.allSatisfy { $0.unicodeScalars.count <= NotificationValue.lengthMax })
                case .rows(let rows):
                    #expect(rows.count <= NotificationValue.entriesMax)
                    for text in rows.flatMap(\.values) {
                        #expect(text.unicodeScalars.count <= NotificationValue.lengthMax)
                    }
                }
            }
        }
    }

    @Test("A list that is too long says how many entries are left out")
    func longList() {
        guard case .list(let list) = Self.contents[0].values["domains"] else { return #expect(Bool(false)) }
        #expect(list.last == "… (+31)")
        #expect(list.dropLast().last == "domain48.example")
    }

    @Test("Rows that are too many say how many are left out")
    func manyRows() {
        guard case .rows(let rows)? = Self.contents[4].values["findings"] else { return #expect(Bool(false)) }
        #expect(rows.count == NotificationValue.entriesMax && rows.last == ["more": "31"])
        #expect(rows.first?["subject"] == "inbound-connector" && rows.first?["drift"] == "changed")
    }

    @Test("A finding has what was applied last, else what was wanted, and no part that nobody knows")
    func findings() {
        let drift = DriftFinding(
            id: "x",
            subject: .mx,
            name: "contoso.com",
            drift: .missing,
            lastApplied: .absent,
            wanted: .known("mx1.gateway.example"),
            live: .unknown("DNS did not answer."),
            isRepairable: false,
            advice: "a"
        )
        let row = ["subject": "mx", "name": "contoso.com", "drift": "missing", "was": "mx1.gateway.example"]
        #expect(NotificationFinding(drift).row == row)
    }

    @Test("Dispositions are lines in the order of their names")
    func dispositions() {
        #expect(Self.contents[6].values["dispositions"] == .list(["not-found: 1", "pulled: 19"]))
        #expect(Self.contents[7].values["dispositions"] == .list(["not-found: 1", "restored: 19"]))
    }

    @Test("What has died untold is a number, and nothing when there is none")
    func untold() {
        let problem = Problem(.executorCrashed, "Signal 11.")
        #expect(NotificationContent.jobDied(problem, untold: 7).values["untold"] == .text("7"))
        #expect(NotificationContent.jobDied(problem, untold: 0).values["untold"] == .text(""))
    }
}
