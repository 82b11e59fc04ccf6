import JobModel
import Testing

@testable import Notifier

@Suite("Our codes in words")
struct WordingTests {
    private static let languages = ["en", "de"]

    @Test(
        "Every disposition, subject, kind of drift and kind of object has words in every language",
        arguments: languages
    )
    func complete(language: String) {
        let wording = Wording.of(language)
        let codes = Set(PullDisposition.allCases.map(\.rawValue)).union(RestoreDisposition.allCases.map(\.rawValue))
        #expect(Set(wording.dispositions.map(\.code)) == codes)
        #expect(wording.dispositions.count == codes.count)
        #expect(Set(wording.subjects.keys) == Set(DriftSubject.allCases))
        #expect(Set(wording.drifts.keys) == Set(DriftKind.allCases))
        #expect(Set(wording.kinds.keys) == Set(TenantObjectKind.allCases))
        for (code, words) in wording.dispositions {
            for (number, text) in [(1, words.words(1)), (7, words.words(7))] {
                #expect(text.contains("\(number)") && !text.contains("#") && !text.contains(code + ":"), "\(text)")
            }
        }
    }

    @Test("One and many are told apart, nothing is left out, and what a later version counts stays as it is")
    func counts() {
        let lines = ["not-found: 1", "pulled: 19", "later-code: 3", "found: 0", "text"]
        #expect(
            Wording.of("en").dispositions(lines)
                == ["19 copies were moved to quarantine", "1 mailbox held no copy", "later-code: 3", "text"]
        )
        #expect(
            Wording.of("de-AT").dispositions(["pulled: 1", "not-found: 2"])
                == ["1 Exemplar wurde in die Quarantäne verschoben", "2 Postfächer enthielten kein Exemplar"]
        )
        #expect(Wording.of("es").dispositions(["found: 2"]) == ["2 copies were found"])
    }

    @Test("Findings are lines in the reader's language")
    func findings() {
        let changed = NotificationFinding(
            subject: .inboundConnector,
            name: "Example",
            drift: .changed,
            field: "RequireTls",
            was: "true",
            is: nil,
            changedBy: "admin@contoso.com"
        )
        let missing = NotificationFinding(subject: .mx, name: "contoso.com", drift: .missing)
        let (english, german) = (Wording.of("en"), Wording.of("de"))
        #expect(
            english.line(changed.row)
                == "Inbound connector `Example`: RequireTls was true, is not set (last changed by admin@contoso.com)"
        )
        #expect(
            german.line(changed.row)
                == "Eingehender Connector „Example“: RequireTls war true, ist nicht gesetzt (zuletzt geändert von admin@contoso.com)"
        )
        #expect(english.line(missing.row) == "MX records of `contoso.com`: missing")
        #expect(german.line(missing.row) == "MX-Einträge von „contoso.com“: fehlt")
        #expect(english.line(["more": "31"]) == "and 31 more" && german.line(["more": "31"]) == "und 31 weitere")
        let left = NotificationRemains(kind: .bypassRule, name: "Example", reason: "It was removed and is there again.")
        #expect(german.line(left.row) == "Umgehungsregel „Example“: Es wurde entfernt und ist wieder da.")
        #expect(english.line(["subject": "later-thing", "name": "x", "drift": "later"]) == "later-thing `x`: later")
    }
}
