import JobModel
import Mustache

/// One template in one language, parsed: a subject, a text, and perhaps HTML.
///
/// Mustache (mustache(5)); what stands in double braces is escaped in HTML alone.
struct TemplateText: Sendable {
    /// Where a text says its subject: in its first line.
    private static let subjectMark = "Subject: "

    let subject: MustacheTemplate
    let text: MustacheTemplate
    var html: MustacheTemplate?

    /// Parses a text file.
    ///
    /// It has `Subject: …`, an empty line, and the text; `file` is named when something is wrong.
    init(text: String, file: String) throws(NotifierError) {
        let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].hasPrefix(Self.subjectMark), lines[1].allSatisfy(\.isWhitespace) else {
            throw NotifierError(.templateText, "\(file), line 1: write `Subject: …`, an empty line, and the text below")
        }
        self.subject = try Self.parse(
            String(lines[0].dropFirst(Self.subjectMark.count)),
            as: "TEXT",
            file: file,
            linesBefore: 0
        )
        self.text = try Self.parse(String(lines[2]), as: "TEXT", file: file, linesBefore: 2)
    }

    /// Parses a template; fails with file and line.
    static func parse(
        _ text: String,
        as type: String,
        file: String,
        linesBefore: Int
    ) throws(NotifierError) -> MustacheTemplate {
        do {
            // In front of the first line, so that lines keep their numbers.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(type)}}\(text)")
        } catch let error as MustacheTemplate.ParserError {
            let line = error.context.lineNumber + linesBefore
            let reason = Self.words(for: error.error)
            throw NotifierError(.templateText, "\(file), line \(line): \(reason); mend the template")
        } catch {
            throw NotifierError(.templateText, "\(file) is no Mustache template; mend it")
        }
    }

    private static func words(for error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "a section is closed under another name than it was opened"
        case .unfinishedName: "a tag has no end or a name that is none"
        case .expectedSectionEnd: "a section has no end"
        case .invalidSetDelimiter: "a change of delimiters is not finished"
        case .invalidConfigVariableSyntax, .unrecognisedConfigVariable: "a pragma is unknown"
        case .transformAppliedToInheritanceSection, .illegalTokenInsideInheritSection, .textInsideInheritSection:
            "an inherited section holds what it may not"
        case nil: "the text is no Mustache template"
        }
    }
}
