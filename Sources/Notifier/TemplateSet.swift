import Foundation
import JobModel
import Mustache

/// Every template in every language: those that come with the notifier, and those of a folder over them.
///
/// A folder holds `drift-found.de.txt` and perhaps `drift-found.de.html`: template, language, form. The text begins with
/// `Subject: …` and an empty line; without HTML of its own a page is made of the text. Everything is parsed, and tried out
/// with sample values, when the set is made: a template that is wrong keeps the notifier from starting, with file and line.
package struct TemplateSet: Sendable {
    /// The largest template file, in bytes.
    private static let fileBytesMax = 65_536

    private let texts: [String: TemplateText]
    private let page: MustacheTemplate
    private let library: [String: MustacheLibrary]
    private let language: String

    /// Reads the templates; `language` is what people read for whom no other was asked, `folder` may be nil.
    package init(folder: String?, language: String) throws(NotifierError) {
        guard PayloadRule.isLanguage(language) else {
            throw NotifierError(.setting, "notifier.language is not a language such as `en` or `pt-BR`")
        }
        self.language = language
        self.page = try TemplateText.parse(BuiltInTemplates.page, as: "HTML", file: "the page", linesBefore: 0)
        let english = try Self.library(foot: BuiltInTemplates.englishFoot)
        let german = try Self.library(foot: BuiltInTemplates.germanFoot)
        self.library = ["en": english, "de": german]
        var texts = try Self.builtIn()
        if let folder { try Self.read(folder, into: &texts) }
        self.texts = texts
        try self.tryOut()
    }

    /// What people read; nil when there is no such template.
    ///
    /// `pt-BR` is looked for as `pt-BR`, then as `pt`, then in the notifier's own language, then in English.
    func render(_ notice: Notice, _ surroundings: NoticeSurroundings) -> (content: RenderedNotice, language: String)? {
        let asked = notice.request.language
        let short = asked.map { String($0.prefix { $0 != "-" }) }
        let wanted = [asked, short, self.language, BuiltInTemplates.language].compactMap { $0 }
        guard let language = wanted.first(where: { self.texts["\(notice.request.template).\($0)"] != nil }),
            let text = self.texts["\(notice.request.template).\(language)"]
        else { return nil }
        let values = TemplateValues(notice, surroundings: surroundings, language: language)
        return (self.render(text, values, language: language), language)
    }

    private func render(_ template: TemplateText, _ values: TemplateValues, language: String) -> RenderedNotice {
        let library = self.library[String(language.prefix { $0 != "-" })] ?? self.library[BuiltInTemplates.language]
        let subject = MailHeader.oneLine(template.subject.render(values, library: library))
        let text = Self.tidy(template.text.render(values, library: library))
        let html = template.html?.render(values, library: library) ?? self.page(subject, text, language: language)
        return RenderedNotice(subject: subject, text: text, html: Self.tidy(html))
    }

    private func page(_ subject: String, _ text: String, language: String) -> String {
        let blocks: [[String: Any]] = RenderedNotice.blocks(of: text).map { block in
            switch block {
            case .paragraph(let text): ["paragraph": text]
            case .items(let items): ["list": ["items": items]]
            }
        }
        return self.page.render(["subject": subject, "language": language, "blocks": blocks] as [String: Any])
    }

    /// Lines that end in `\n`, without control characters and without spaces at their ends.
    private static func tidy(_ text: String) -> String {
        let lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        let clean = lines.map { line in
            let scalars = line.unicodeScalars.filter { $0 == "\t" || $0.properties.generalCategory != .control }
            return String(String.UnicodeScalarView(scalars)).replacing(/\s+$/, with: "")
        }
        // Sections that are left out leave empty lines behind.
        let text = clean.joined(separator: "\n").replacing(/\n{3,}/, with: "\n\n")
        return text.trimmingCharacters(in: .newlines) + "\n"
    }

    private static func library(foot: String) throws(NotifierError) -> MustacheLibrary {
        MustacheLibrary(
            templates: ["foot": try TemplateText.parse(foot, as: "TEXT", file: "the foot", linesBefore: 0)]
        )
    }

    private static func builtIn() throws(NotifierError) -> [String: TemplateText] {
        var texts: [String: TemplateText] = [:]
        for language in BuiltInTemplates.languages {
            for template in NotificationTemplate.allCases {
                guard let text = BuiltInTemplates.text(template, language: language) else { continue }
                let name = "\(template.rawValue).\(language)"
                texts[name] = try TemplateText(text: text, file: "the built-in \(name)")
            }
        }
        return texts
    }

    private static func read(_ folder: String, into texts: inout [String: TemplateText]) throws(NotifierError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw NotifierError(.templateFile, "cannot read the folder \(folder) that notifier.templates names")
        }
        // The text of a template first: HTML belongs to one.
        for name in names.sorted().reversed() where !name.hasPrefix(".") {
            let (key, form) = try self.place(of: name, in: folder)
            let text = try self.content(of: "\(folder)/\(name)")
            switch form {
            case .text: texts[key] = try TemplateText(text: text, file: "\(folder)/\(name)")
            case .html:
                guard names.contains("\(key).txt") else {
                    throw NotifierError(.templateFile, "\(folder)/\(name) has no \(key).txt beside it; write both")
                }
                try texts[key]?.add(html: text, file: "\(folder)/\(name)")
            }
        }
    }

    private enum Form: String {
        case text = "txt"
        case html
    }

    private static func place(of name: String, in folder: String) throws(NotifierError) -> (key: String, form: Form) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, NotificationTemplate(rawValue: parts[0]) != nil, PayloadRule.isLanguage(parts[1]),
            let form = Form(rawValue: parts[2])
        else {
            let known = NotificationTemplate.allCases.map(\.rawValue).joined(separator: ", ")
            throw NotifierError(
                .templateFile,
                "\(folder)/\(name) is no template; names are such as drift-found.de.txt, templates are \(known)"
            )
        }
        return ("\(parts[0]).\(parts[1])", form)
    }

    private static func content(of path: String) throws(NotifierError) -> String {
        guard let data = FileManager.default.contents(atPath: path), data.count <= self.fileBytesMax,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw NotifierError(
                .templateFile,
                "\(path) cannot be read, is no UTF-8, or is larger than \(self.fileBytesMax) bytes"
            )
        }
        return text.replacing("\r\n", with: "\n")
    }

    /// Renders everything once with sample values and finds names that never have a value.
    private func tryOut() throws(NotifierError) {
        for (key, text) in self.texts.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: ".").map(String.init)
            guard let template = NotificationTemplate(rawValue: parts[0]) else { continue }
            let values = TemplateValues(sample: template.sample, language: parts[1])
            _ = self.render(text, values, language: parts[1])
            if let name = values.unknownNames.first {
                throw NotifierError(
                    .templateText,
                    """
                    \(text.place(of: name) ?? key): {{\(name)}} never has a value. Use one of \
                    \(values.knownNames.sorted().joined(separator: ", ")).
                    """
                )
            }
        }
    }
}
