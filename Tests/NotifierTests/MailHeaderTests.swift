import Testing

@testable import Notifier

@Suite("Header fields of mails")
struct MailHeaderTests {
    @Test(
        "No text can begin a field of its own",
        arguments: [
            "a\r\nBcc: all@contoso.com", "a\nBcc: all@contoso.com", "a\rBcc: x", "a\u{2028}Bcc: x", "a\u{85}Bcc: x",
            "a\u{0}\u{B}\u{C}Bcc: x", "ø\r\nBcc: all@contoso.com", "=?UTF-8?Q?x=0D=0ABcc:?= y",
        ]
    )
    func injection(text: String) {
        for field in [
            MailHeader.text("Subject", text), MailHeader.mailbox("From", name: text, address: "a@b.example"),
            MailHeader.plain("X", text),
        ] {
            for line in field.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
                #expect(line.hasPrefix(" "), "a continuation: \(field)")
                #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            }
            #expect(!field.contains("\r"))
        }
    }

    @Test(
        "A long ASCII subject is folded, never encoded, and is the same once unfolded",
        arguments: [
            "19 copies of a message were pulled from mailboxes of tenant 0a1b2c3d-0000-4000-8000-00000000c001",
            String(repeating: "word ", count: 39) + "end", String(repeating: "a   b ", count: 30) + "end",
            "short", String(repeating: "x", count: 76) + " y", "",
        ]
    )
    func folding(text: String) {
        let field = MailHeader.text("Subject", text)
        #expect(!field.contains("=?"), "\(field)")
        #expect(field.replacing("\n", with: "") == "Subject: \(text)")
        for line in field.split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(line.utf8.count <= 90 && line.contains { $0 != " " })
        }
        #expect(text.utf8.count < 60 || field.contains("\n "))
    }

    @Test("Plain ASCII stays readable; anything else, or a word that fits no line, becomes encoded words")
    func forms() {
        let wide = String(repeating: "x", count: 90)
        #expect(MailHeader.text("Subject", wide).hasPrefix("Subject: =?UTF-8?B?"))
        #expect(MailHeader.text("Subject", "It works") == "Subject: It works")
        #expect(MailHeader.text("Subject", "Grüße") == "Subject: =?UTF-8?B?R3LDvMOfZQ==?=")
        #expect(MailHeader.text("Subject", "=?evil?=").hasPrefix("Subject: =?UTF-8?B?"))
        #expect(MailHeader.mailbox("From", name: "", address: "a@b.example") == "From: a@b.example")
        #expect(
            MailHeader.mailbox("From", name: #"A "B" \C"#, address: "a@b.example")
                == "From: \"A \\\"B\\\" \\\\C\"\n <a@b.example>"
        )
    }

    @Test("Encoded words hold whole characters and at most 75 of their own")
    func words() {
        for text in [
            String(repeating: "ø", count: 100), String(repeating: "😀", count: 50),
            "a" + String(repeating: "€", count: 90),
        ] {
            for word in MailHeader.text("Subject", text).dropFirst("Subject: ".count).split(separator: "\n ") {
                #expect(word.utf8.count <= 75)
                #expect(word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?="))
            }
        }
    }
}
