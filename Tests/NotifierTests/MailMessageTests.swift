import Foundation
import TestSupport
import Testing

@testable import Notifier

/// A mail as Python's library sees it.
struct ReadMail: Decodable {
    let defects: [String]
    let headers: [String]
    let from: [[String]]
    let to: [String]
    let subject: String
    let messageID: String
    let autoSubmitted: String
    let language: String
    let date: Double
    let type: String
    let parts: [[String]]
    let longestLine: Int
    let isASCII: Bool

    /// Reads mails through `mail.py`.
    static func read(_ files: [String]) async throws -> [ReadMail] {
        let script = Repository.url("Tests/NotifierTests/mail.py").path
        let run = try await Repository.python([script] + files, needing: ["email"])
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode([ReadMail].self, from: Data(run.output.utf8))
    }
}

@Suite("Mails, read by Python's library")
struct MailMessageTests {
    private static let contents = [
        RenderedNotice(subject: "It works", text: "Plain.\n", html: "<p>Plain.</p>\n"),
        RenderedNotice(
            subject: "Grüße aus Øst 😀 " + String(repeating: "lang ", count: 60),
            text: ".\n..\nFrom here\n" + String(repeating: "ø", count: 2_000) + "\n\ttab \n=3D\n",
            html: "<p>" + String(repeating: "😀&lt;", count: 1_500) + "</p>\n"
        ),
        RenderedNotice(
            subject: "a\r\nBcc: all@contoso.com",
            text: "\r\nBcc: all@contoso.com\n",
            html: "<b>\u{0}</b>\n"
        ),
        RenderedNotice(subject: "", text: "", html: ""),
        RenderedNotice(subject: "--=_", text: "--=_x\n--\n", html: "--=_\n"),
    ]

    @Test("Whatever is written comes back: headers, both parts, no field too many, ASCII with short lines")
    func roundTrip() async throws {
        try await withFolder { folder in
            var files: [String] = []
            for (index, content) in Self.contents.enumerated() {
                let name = index == 1 ? #"Gätewäy "North" \ Øst"# : "Example Gateway"
                let mail = MailMessage(
                    sender: try testSender(name: name),
                    recipient: "it+mail@xn--mbel-gra.example",
                    id: "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f.9.1a2b3c4d.0123456789ab",
                    time: testTime,
                    language: "de",
                    content: content
                )
                let file = folder.appending(path: "\(index).eml")
                try Data(try #require(mail.bytes())).write(to: file)
                files.append(file.path)
            }
            let mails = try await ReadMail.read(files)
            for (mail, content) in zip(mails, Self.contents) { try self.check(mail, content) }
            #expect(mails[1].from == [[#"Gätewäy "North" \ Øst"#, "no-reply@gateway.example"]])
        }
    }

    private func check(_ mail: ReadMail, _ content: RenderedNotice) throws {
        #expect(mail.defects.isEmpty, "\(mail.defects)")
        #expect(
            mail.headers == [
                "auto-submitted", "content-language", "content-type", "date", "from", "message-id", "mime-version",
                "subject", "to", "x-auto-response-suppress",
            ]
        )
        #expect(mail.to == ["it+mail@xn--mbel-gra.example"])
        #expect(mail.from.first?.last == "no-reply@gateway.example")
        #expect(mail.autoSubmitted == "auto-generated")
        #expect(mail.language == "de")
        #expect(mail.messageID == "<0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f.9.1a2b3c4d.0123456789ab@gateway.example>")
        #expect(mail.date == testTime.timeIntervalSince1970.rounded(.down))
        #expect(mail.type == "multipart/alternative")
        let subject = String(MailHeader.oneLine(content.subject).prefix(MailMessage.subjectLengthMax))
        #expect(mail.subject == subject.trimmingCharacters(in: .whitespaces))
        #expect(mail.parts.map { $0.prefix(2) } == [["text/plain", "utf-8"], ["text/html", "utf-8"]])
        for (part, text) in zip(mail.parts, [content.text, content.html]) {
            #expect(part[2].trimmingCharacters(in: .newlines) == text.trimmingCharacters(in: .newlines))
        }
        #expect(mail.isASCII)
        #expect(mail.longestLine <= 120, "\(mail.longestLine)")
    }

    @Test("Answers go to the contact, where there is one")
    func replies() throws {
        for contact in [nil, "help@gateway.example"] {
            let mail = MailMessage(
                sender: try MailSender(name: "G", address: "no-reply@gateway.example", contact: contact),
                recipient: "a@b.example",
                id: "x",
                time: testTime,
                language: "en",
                content: Self.contents[0]
            )
            let text = String(decoding: try #require(mail.bytes()), as: UTF8.self)
            #expect(text.contains("\nReply-To: help@gateway.example\n") == (contact != nil))
        }
        #expect(throws: NotifierError.self) {
            try MailSender(name: "G", address: "a@b.example", contact: "a@b.example\nBcc: c@d.example")
        }
    }

    @Test(
        "A recipient that is no address gets no mail",
        arguments: [
            "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "", "-oQ/tmp", "\"a b\"@c.example",
            "ø@b.example",
        ]
    )
    func noAddress(recipient: String) throws {
        let mail = MailMessage(
            sender: try testSender(),
            recipient: recipient,
            id: "x",
            time: testTime,
            language: "en",
            content: Self.contents[0]
        )
        #expect(mail.bytes() == nil)
    }

    @Test("A sender that could be an option, or is none, is refused")
    func badSender() {
        for address in ["-f@b.example", "nobody", "a@b.example\n", "Name <a@b.example>"] {
            #expect(throws: NotifierError.self) { try MailSender(name: "x", address: address) }
        }
    }

    @Test("Dates are those of RFC 5322")
    func dates() {
        #expect(MailMessage.date(Date(timeIntervalSince1970: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
        #expect(MailMessage.date(testTime) == "Mon, 23 Nov 2026 03:00:07 +0000")
    }
}
