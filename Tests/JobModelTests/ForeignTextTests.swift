import Foundation
import Testing

@testable import JobModel

@Suite("Text from outside steers no terminal")
struct ForeignTextTests {
    @Test(
        "A line shows what steers by its number, and everything else as it is",
        arguments: [
            (
                "plain, \u{E9}, \u{4E2D}\u{6587}, \u{1F468}\u{200D}\u{1F469}",
                "plain, \u{E9}, \u{4E2D}\u{6587}, \u{1F468}\u{200D}\u{1F469}"
            ),
            ("\u{1B}[2Jgone", #"\u{1B}[2Jgone"#), ("a\r\nb\tc\u{7F}\u{0}", #"a\u{D}\u{A}b\u{9}c\u{7F}\u{0}"#),
            ("\u{9B}31mred", #"\u{9B}31mred"#), ("x\u{202E}fdp.exe\u{2066}", #"x\u{202E}fdp.exe\u{2066}"#),
            ("a\u{2028}b\u{2029}c\u{FEFF}\u{200F}", #"a\u{2028}b\u{2029}c\u{FEFF}\u{200F}"#),
        ]
    )
    func line(text: String, shown: String) {
        #expect(ForeignText.line(text) == shown)
        #expect(ForeignText.line(shown) == shown, "once is enough")
    }

    @Test("A page keeps its lines and nothing else that steers")
    func page() {
        #expect(ForeignText.page("a\nb\u{1B}c\n") == "a\nb\\u{1B}c\n")
    }

    @Test("JSON stays the same value")
    func json() throws {
        let value = ["a\u{9B}\u{202E}": "\u{7F}\u{1B}\u{E0001}\u{2028}\n"]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .prettyPrinted
        let harmless = ForeignText.json(String(decoding: try encoder.encode(value), as: UTF8.self))
        #expect(harmless.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) || $0 == "\n" })
        #expect(try JSONDecoder().decode([String: String].self, from: Data(harmless.utf8)) == value)
    }
}
