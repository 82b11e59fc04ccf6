import Foundation
import JobModel
import Testing

@testable import Notifier

@Suite("Templates")
struct TemplateSetTests {
    private static func rendered(
        _ content: NotificationContent,
        _ templates: TemplateSet,
        language: String? = nil,
        customer: String? = "Contoso <Møbler> & Söhne"
    ) throws -> (content: RenderedNotice, language: String) {
        let notice = try Notice(try event(content, customer: customer, language: language), operators: [])
        return try #require(templates.render(notice, testSurroundings))
    }

    @Test(
        "Every template has a text in every language that comes with the notifier",
        arguments: NotificationTemplate.allCases
    )
    func builtIn(template: NotificationTemplate) throws {
        let templates = try TemplateSet(folder: nil, language: "en")
        for language in BuiltInTemplates.languages {
            let (content, used) = try Self.rendered(template.sample, templates, language: language)
            #expect(used == language)
            #expect(!content.subject.isEmpty && !content.subject.contains("{{"))
            for text in [content.text, content.html] {
                #expect(!text.contains("{{") && !text.contains("\n\n\n"), "\(text)")
            }
            #expect(content.text.contains("6f1d") || content.text.contains("connect-tenant"))
            let spoken: Set<NotificationTemplate> = [.jobDied, .connectionLost, .messagePulled, .messageRestored]
            for value in template.sample.values.values where !spoken.contains(template) {
                switch value {
                case .text(let text): #expect(content.text.contains(text) && content.html.contains(text))
                case .list(let list): for text in list { #expect(content.html.contains("<li>\(text)</li>")) }
                case .rows(let rows): #expect(rows.allSatisfy { content.text.contains($0["name"] ?? "") })
                }
            }
            #expect(content.text.contains("help@gateway.example"), "whom to ask")
            let last = content.text.split(separator: "\n").last ?? ""
            #expect(last.contains("connect-tenant") && last.contains("UTC"), "ids come last: \(last)")
        }
    }

    @Test("Values are escaped in HTML and stay as they are in text")
    func escaping() throws {
        let templates = try TemplateSet(folder: nil, language: "en")
        let (content, _) = try Self.rendered(.tenantConnected(domains: ["<script>"], changes: 0), templates)
        #expect(content.text.contains("Contoso <Møbler> & Söhne is connected") && content.text.contains("- <script>"))
        #expect(!content.html.contains("<script>") && content.html.contains("&lt;script&gt;"))
        #expect(content.html.contains("Contoso &lt;Møbler&gt; &amp; Söhne"))
    }

    @Test("No value is a template of its own, ends a line of the subject, or brings control characters")
    func values() throws {
        let templates = try TemplateSet(folder: nil, language: "en")
        let (content, _) = try Self.rendered(
            .connectionLost(Problem(.consentMissing, "{{advice}} {{#a}}\u{1B}[31m\u{7}")),
            templates,
            customer: "a\r\nBcc: all@contoso.com"
        )
        #expect(content.text.contains("{{advice}} {{#a}}[31m"))
        #expect(!content.subject.contains("\n") && !content.subject.contains("\r"))
        #expect(content.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test("What remains of a tenant is a list or nothing; jobs that died untold are counted where there are any")
    func none() throws {
        let templates = try TemplateSet(folder: nil, language: "en")
        for (language, word) in [("en", "nothing"), ("de", "nichts")] {
            let clear = NotificationContent.tenantDisconnected(changes: 6, remains: [])
            let (content, _) = try Self.rendered(clear, templates, language: language)
            #expect(content.text.contains("\n\n- \(word)\n\n") && content.html.contains("<li>\(word)</li>"))
            for untold in [0, 9_997] {
                let died = NotificationContent.jobDied(Problem(.executorCrashed, "Signal 11."), untold: untold)
                let (content, _) = try Self.rendered(died, templates, language: language)
                #expect(content.text.contains("9997") == (untold > 0), "\(content.text)")
                #expect(content.text.contains("sluice dead list --code executor-crashed"))
            }
        }
    }

    @Test("A section about an empty text is left out")
    func emptyText() throws {
        let templates = try TemplateSet(folder: nil, language: "en")
        let (content, _) = try Self.rendered(.outboundConnectorDisabled(reason: ""), templates)
        #expect(!content.text.contains("reason") && !content.text.contains("\n\n\n"), "\(content.text)")
    }

    @Test(
        "The language is the asked one, else its short form, else the notifier's own, else English",
        arguments: [
            ("de", "en", "de"), ("de-AT", "en", "de"), ("fr", "de", "de"), ("fr", "it", "en"), (nil, "de", "de"),
        ]
    )
    func languages(asked: String?, own: String, used: String) throws {
        let templates = try TemplateSet(folder: nil, language: own)
        #expect(try Self.rendered(.directoryHeld(removals: 1, known: 2), templates, language: asked).language == used)
    }

    @Test("A template that nobody knows is not rendered")
    func unknown() throws {
        let body = String(decoding: try event(), as: UTF8.self).replacing("tenant-connected", with: "later-news")
        let templates = try TemplateSet(folder: nil, language: "en")
        #expect(templates.render(try Notice(Array(body.utf8), operators: []), testSurroundings) == nil)
    }

    @Test("A file takes the place of what is built in, for its language alone; HTML of its own is used")
    func overridden() async throws {
        try await withFolder { folder in
            try Self.write(
                "Subject: Hola {{customer}}\n\n{{#domains}}\n- {{.}}\n{{/domains}}\n{{>foot}}",
                "tenant-connected.es.txt",
                folder
            )
            try Self.write("Subject: S\r\n\r\nT {{changes}}", "tenant-connected.de.txt", folder)
            try Self.write("<p>{{customer}} {{{changes}}}</p>", "tenant-connected.de.html", folder)
            try Self.write("not read", ".hidden", folder)
            let templates = try TemplateSet(folder: folder.path, language: "en")
            let connected = NotificationContent.tenantConnected(domains: ["a.example"], changes: 3)
            let spanish = try Self.rendered(connected, templates, language: "es").content
            #expect(spanish.subject == "Hola Contoso <Møbler> & Söhne")
            let lines = spanish.text.split(separator: "\n")
            #expect(
                lines.prefix(2) == ["- a.example", "Questions? Write to help@gateway.example, or reply to this mail."]
            )
            #expect(lines.last?.hasPrefix("Job ") == true)
            #expect(spanish.html.contains("<li>a.example</li>"))
            let german = try Self.rendered(connected, templates, language: "de").content
            #expect(
                german
                    == RenderedNotice(
                        subject: "S",
                        text: "T 3\n",
                        html: "<p>Contoso &lt;Møbler&gt; &amp; Söhne 3</p>\n"
                    )
            )
            #expect(try Self.rendered(connected, templates, language: "en").content.subject.contains("is connected"))
        }
    }

    @Test(
        "A template that is wrong is found at the start, with file and line",
        arguments: [
            ("drift-found.en.txt", "Subject: {{gateway\n\nx", "drift-found.en.txt, line 1"),
            (
                "drift-found.en.txt", "Subject: x\n\nfine\n{{#findings}}\n{{.}}\n{{/finding}}\n",
                "drift-found.en.txt, line 6: {{/finding}} does not close the section {{#findings}} of line 4"
            ),
            (
                "drift-found.en.txt", "Subject: x\n\n{{#findings}}\nno end\n",
                "drift-found.en.txt, line 3: the section {{#findings}} has no end {{/findings}}"
            ),
            (
                "drift-found.en.txt", "Subject: x\n\nfine\n{{name\n\nx",
                "drift-found.en.txt, line 4: the tag {{name has no end }}"
            ),
            (
                "drift-found.en.txt", "Subject: x\n\nfine\n{{>nope}}\n",
                "drift-found.en.txt, line 4: there is no partial"
            ),
            ("drift-found.en.txt", "Subject: {{> foots }}\n\nx", "drift-found.en.txt, line 1: there is no partial"),
            ("drift-found.en.txt", "Subject: x\n\nx\n\n{{custmer}}", "drift-found.en.txt, line 5: {{custmer}} never"),
            (
                "drift-found.en.txt", "Subject: x\n\nx\n{{/name}}",
                "line 4: {{/name}} closes a section that was not opened"
            ),
            ("drift-found.en.txt", "Subject x\n\ntext", "drift-found.en.txt, line 1"),
            ("drift-found.en.txt", "Subject: x\ntext\n", "drift-found.en.txt, line 1"),
            ("drift-found.en.txt", "Subject: x\n\n{{custmer}}", "{{custmer}}"),
            ("drift-found.en.txt", "Subject: {{removals}}\n\nx", "{{removals}}"),
            ("drift-found.english.txt", "Subject: x\n\nx", "drift-found.english.txt is no template"),
            ("drift.en.txt", "Subject: x\n\nx", "drift.en.txt is no template"),
            ("drift-found.en.md", "x", "drift-found.en.md is no template"),
            ("drift-found.en.html", "x", "no drift-found.en.txt beside it"),
            ("drift-found.en.txt", "Subject: x\n\n" + String(repeating: "x", count: 70_000), "larger than 65536"),
        ]
    )
    func wrong(name: String, text: String, words: String) async throws {
        try await withFolder { folder in
            try Self.write(text, name, folder)
            do {
                _ = try TemplateSet(folder: folder.path, language: "en")
                #expect(Bool(false), "taken: \(text)")
            } catch {
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }

    @Test("A folder that is not there and a language that is none are found at the start")
    func settings() {
        #expect(throws: NotifierError.self) { try TemplateSet(folder: "/nowhere/at/all", language: "en") }
        #expect(throws: NotifierError.self) { try TemplateSet(folder: nil, language: "english") }
    }

    private static func write(_ text: String, _ name: String, _ folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }
}
