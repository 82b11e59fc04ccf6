import Testing

@testable import Notifier

@Suite("What exit statuses of a sendmail interface mean")
struct ExitStatusTests {
    @Test("Zero is taken, what the mail or the settings are to blame for is refused, the rest may pass")
    func verdicts() {
        #expect(ExitStatus.verdict(0, program: "p", complaint: []) == .taken)
        for code: Int32 in [64, 65, 67, 78] {
            #expect(ExitStatus.verdict(code, program: "p", complaint: []) == .refused("p ended with status \(code)."))
        }
        for code: Int32 in [1, 69, 70, 71, 74, 75, 77, 127, 255] {
            #expect(
                ExitStatus.verdict(code, program: "p", complaint: [])
                    == .unavailable("p ended with status \(code).", retryAfter: nil)
            )
        }
    }

    @Test("A complaint becomes one short line, whatever it holds")
    func complaint() {
        let long = "no such user\r\n\u{1B}[31m" + String(repeating: "x", count: 5_000)
        guard case .refused(let sentence) = ExitStatus.verdict(67, program: "p", complaint: Array(long.utf8)) else {
            return #expect(Bool(false), "67 is a refusal")
        }
        #expect(sentence.hasPrefix("p ended with status 67: no such user"))
        #expect(sentence.count < 400)
        #expect(!sentence.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}
