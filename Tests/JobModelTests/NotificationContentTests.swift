import Foundation
import Testing

@testable import JobModel

@Suite("What people are told about")
struct NotificationContentTests {
    /// One of each template, with the longest of everything.
    static let contents: [NotificationContent] = [
        .tenantConnected(domains: (0..<80).map { "domain\($0).example" }, changes: 5),
        .tenantDisconnected(changes: 5, remains: ["Inbound connector `Example`: it is in use"]),
        .outboundConnectorEnabled(domains: ["contoso.com"]),
        .outboundConnectorDisabled(reason: "Mail is refused."),
        .driftFound(findings: [String(repeating: "é", count: 1_200)], repaired: 0),
        .connectionLost(Problem(.consentMissing, "The service principal is gone.")),
        .messagePulled(targets: 20, dispositions: ["pulled": 19, "not-found": 1]),
        .messageRestored(targets: 20, dispositions: ["restored": 19, "not-found": 1]),
        .directoryHeld(removals: 900, known: 1_000),
        .jobDied(Problem(.executorCrashed, String(repeating: "x", count: 2_000)), untold: 9_997),
    ]

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
