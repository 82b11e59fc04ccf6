import JobModel
import Testing

@testable import Notifier

@Suite("What mails of pulls and restores say")
struct TruthfulMailTests {
    private static let message = NotificationMessage(
        internetMessageID: "<invoice-4711@sender.example>",
        campaign: "invoice-4711",
        reason: "Phishing, reported by the help desk."
    )

    private func mail(
        _ content: NotificationContent,
        _ language: String,
        customer: String? = "Contoso"
    ) throws -> RenderedNotice {
        let body = try event(content, customer: customer, requestedBy: "soc@gateway.example", language: language)
        let templates = try TemplateSet(folder: nil, language: "en")
        return try #require(templates.render(try Notice(body, operators: []), testSurroundings)).content
    }

    private func pulled(_ dispositions: [String: Int], targets: Int = 1) -> NotificationContent {
        .messagePulled(targets: targets, dispositions: dispositions, message: Self.message)
    }

    @Test(
        "The subject says what happened: nothing, one copy or many",
        arguments: [
            ("en", ["not-found": 1], "No copy of a message was pulled from mailboxes of Contoso"),
            ("en", ["pulled": 1], "1 copy of a message was pulled from mailboxes of Contoso"),
            ("en", ["pulled": 19, "not-found": 1], "19 copies of a message were pulled from mailboxes of Contoso"),
            ("de", ["not-found": 1], "Kein Exemplar einer Nachricht wurde aus Postfächern von Contoso zurückgeholt"),
            ("de", ["pulled": 1], "1 Exemplar einer Nachricht wurde aus Postfächern von Contoso zurückgeholt"),
            ("de", ["pulled": 2], "2 Exemplare einer Nachricht wurden aus Postfächern von Contoso zurückgeholt"),
        ] as [(String, [String: Int], String)]
    )
    func subjects(language: String, dispositions: [String: Int], subject: String) throws {
        #expect(try self.mail(self.pulled(dispositions), language).subject == subject)
    }

    @Test("A pull that found nothing never says that something was pulled or can be restored")
    func nothing() throws {
        let english = try self.mail(self.pulled(["not-found": 1]), "en").text
        #expect(english.contains("in 1 mailbox of Contoso") && english.contains("nothing to restore"), "\(english)")
        #expect(!english.contains("can be restored"))
        let german = try self.mail(self.pulled(["not-found": 1]), "de").text
        #expect(
            german.contains("in 1 Postfach von Contoso") && german.contains("nichts wiederherzustellen"),
            "\(german)"
        )
        #expect(!german.contains("lässt sich"))
        let restore = NotificationContent.messageRestored(
            targets: 2,
            dispositions: ["not-found": 2],
            message: Self.message
        )
        #expect(try self.mail(restore, "en").subject.hasPrefix("No copy of a message was restored"))
    }

    @Test(
        "It says which message, who asked and why, what came of it, what to do and whom to ask",
        arguments: ["en", "de"]
    )
    func complete(language: String) throws {
        let content = self.pulled(["pulled": 2, "mailbox-unavailable": 1], targets: 3)
        let mail = try self.mail(content, language)
        let words = [
            "<invoice-4711@sender.example>", "soc@gateway.example", "Phishing, reported by the help desk.", "Contoso",
            "invoice-4711", "help@gateway.example", Wording.of(language).dispositions(["pulled: 2"])[0],
            language == "de" ? "für den Rest wiederholen" : "repeated for the rest",
        ]
        for word in words { #expect(mail.text.contains(word), "\(word) is not in \(mail.text)") }
        #expect(!mail.text.contains("mailbox-unavailable") && !mail.text.contains("pulled: "), "\(mail.text)")
        #expect(mail.html.contains("&lt;invoice-4711@sender.example&gt;"))
    }

    @Test("A job without the customer's name, and an event of an earlier build, still make a whole mail")
    func old() throws {
        let bare = NotificationRequested(
            template: "message-pulled",
            recipients: ["a@b.example"],
            language: "de",
            values: ["targets": .text("2"), "dispositions": .list(["pulled: 2"])]
        )
        let mail = try self.rendered(bare)
        #expect(mail.subject.hasPrefix("2 Exemplare") && mail.subject.contains("von Mandant "))
        #expect(
            !mail.text.contains("Message-ID") && !mail.text.contains("Angefordert") && !mail.text.contains("\n\n\n")
        )
        let lines = NotificationRequested(
            template: "drift-found",
            recipients: ["a@b.example"],
            language: "en",
            values: ["findings": .list(["Inbound connector: RequireTls was true"]), "repaired": .text("0")]
        )
        #expect(try self.rendered(lines).text.contains("- Inbound connector: RequireTls was true"))
    }

    private func rendered(_ request: NotificationRequested) throws -> RenderedNotice {
        let templates = try TemplateSet(folder: nil, language: "en")
        let notice = try Notice(try event(request), operators: [])
        return try #require(templates.render(notice, testSurroundings)).content
    }

    @Test("A German mail of a lost connection has its title and advice in German")
    func lost() throws {
        for code in [ProblemCode.consentMissing, .applicationDisabled, .accessBlocked, .tenantNotFound] {
            let mail = try self.mail(.connectionLost(Problem(code, "AADSTS7000112")), "de")
            #expect(!mail.text.contains(code.title) && !mail.text.contains(code.advice), "\(mail.text)")
            #expect(mail.text.contains("Technische Angabe: AADSTS7000112"))
        }
    }

    @Test("Numbers are singular where they are one", arguments: [("en", "1 object was"), ("de", "wurde 1 Objekt ")])
    func singular(language: String, words: String) throws {
        #expect(try self.mail(.tenantConnected(domains: [], changes: 1), language).text.contains(words))
        #expect(try self.mail(.tenantDisconnected(changes: 1, remains: []), language).text.contains(words))
        let died = try self.mail(.jobDied(Problem(.cancelled, ""), untold: 1), language).text
        #expect(died.contains(language == "de" ? "ist seit der letzten Mail dazu 1 Auftrag" : "Besides it, 1 job of"))
    }
}
