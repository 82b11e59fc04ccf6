import Foundation
import Testing

@testable import JobModel

@Suite("A request to tell people")
struct NotificationRequestedTests {
    private static func violation(
        template: String = "tenant-connected",
        recipients: [String] = ["a@contoso.com"],
        language: String? = nil,
        values: Int = 0
    ) -> String? {
        NotificationRequested(
            template: template,
            recipients: recipients,
            language: language,
            values: Dictionary(uniqueKeysWithValues: (0..<values).map { ("v\($0)", NotificationValue("x")) })
        ).violation()
    }

    @Test("Every rule of the schema is checked, and the sentence names the member")
    func rules() {
        #expect(Self.violation() == nil)
        #expect(Self.violation(language: "pt-BR", values: 50) == nil)
        let broken: [(String?, String)] = [
            (Self.violation(template: "../etc/passwd"), "data.template"),
            (Self.violation(template: "tenant--connected"), "data.template"),
            (Self.violation(recipients: []), "data.recipients"),
            (Self.violation(recipients: (0...20).map { "a\($0)@contoso.com" }), "data.recipients"),
            (Self.violation(recipients: ["a@contoso.com", "a@contoso.com"]), "data.recipients"),
            (Self.violation(recipients: ["a@contoso.com", "b@contoso.com\nBcc: c@d.example"]), "data.recipients[1]"),
            (Self.violation(recipients: ["a@contoso.com\r"]), "data.recipients[0]"),
            (Self.violation(recipients: ["\"Jo\" <a@contoso.com>"]), "data.recipients[0]"),
            (Self.violation(language: "de_DE"), "data.language"),
            (Self.violation(language: "../de"), "data.language"),
            (Self.violation(language: ""), "data.language"),
            (Self.violation(values: 51), "data.values"),
        ]
        for (sentence, member) in broken { #expect(sentence?.contains(member) == true, "\(sentence ?? "taken")") }
    }

    @Test("A recipient named twice is told once, and no more are told than may be")
    func recipients() {
        let many = ["a@b.example", "a@b.example"] + (0..<30).map { "p\($0)@b.example" }
        let request = NotificationRequested(
            .jobDied(Problem(.cancelled, ""), untold: 0),
            recipients: many,
            customer: nil,
            language: nil
        )
        #expect(request.recipients.count == NotificationRequested.recipientsMax)
        #expect(request.violation() == nil)
    }

    @Test("Texts and lists come back as they were written; a number is refused with the member's name")
    func values() throws {
        let json = #"{"template":"x","recipients":["a@b.example"],"values":{"a":"1","b":["2","3"],"c":[{"d":"4"}]}}"#
        let read = try NotificationRequested(data: Array(json.utf8))
        #expect(read.values == ["a": .text("1"), "b": .list(["2", "3"]), "c": .rows([["d": "4"]])])
        #expect(throws: Problem.self) {
            try NotificationRequested(data: Array(json.replacing(#""1""#, with: "1").utf8))
        }
    }
}
