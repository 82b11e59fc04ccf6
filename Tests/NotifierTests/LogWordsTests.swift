import Testing

@testable import Notifier

@Suite("Others' words in the log")
struct LogWordsTests {
    @Test(
        "Addresses are masked and lines joined; the rest stays",
        arguments: [
            ("550 <a.b+c@contoso.com>: unknown\r\n", "550 <ADDRESS>: unknown"),
            ("to=a@b.example, c@d.example; no", "to=ADDRESS, ADDRESS; no"),
            ("cannot connect to localhost, port 25", "cannot connect to localhost, port 25"),
            ("\u{1B}[31mno\u{7}", "[31mno"),
        ]
    )
    func masked(text: String, line: String) { #expect(LogWords.masked(text) == line) }
}
