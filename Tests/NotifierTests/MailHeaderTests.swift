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

    @Test("Plain ASCII stays readable; anything else, or too long, becomes encoded words")
    func forms() {
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
