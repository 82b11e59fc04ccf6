import Mustache

/// One template in one language, parsed: a subject, a text, and perhaps HTML.
///
/// Mustache (mustache(5)); what stands in double braces is escaped in HTML alone.
struct TemplateText: Sendable {
    /// Where a text says its subject: in its first line.
    private static let subjectMark = "Subject: "
    /// The partials there are.
    private static let partials: Set<String> = ["foot"]

    let subject: MustacheTemplate
    let text: MustacheTemplate
    private(set) var html: MustacheTemplate?
    /// Where each name is used first: file and line.
    private var places: [String: String]

    /// Parses a text file.
    ///
    /// It has `Subject: …`, an empty line, and the text; `file` is named when something is wrong.
    init(text: String, file: String) throws(NotifierError) {
        let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].hasPrefix(Self.subjectMark), lines[1].allSatisfy(\.isWhitespace) else {
            throw NotifierError(.templateText, "\(file), line 1: write `Subject: …`, an empty line, and the text below")
        }
        let subject = String(lines[0].dropFirst(Self.subjectMark.count))
        self.subject = try Self.parse(subject, as: "TEXT", file: file, linesBefore: 0)
        self.text = try Self.parse(String(lines[2]), as: "TEXT", file: file, linesBefore: 2)
        self.places = Self.places(in: text, file: file)
    }

    /// Adds the HTML of a file of its own.
    mutating func add(html: String, file: String) throws(NotifierError) {
        self.html = try Self.parse(html, as: "HTML", file: file, linesBefore: 0)
        self.places.merge(Self.places(in: html, file: file)) { text, _ in text }
    }

    /// File and line where a name is used first.
    func place(of name: String) -> String? { self.places[name] }

    /// Parses a template; fails with file and line.
    static func parse(
        _ text: String,
        as type: String,
        file: String,
        linesBefore: Int
    ) throws(NotifierError) -> MustacheTemplate {
        let scan = TemplateScan(text, firstLine: linesBefore + 1)
        if let fault = scan.fault ?? self.unknownPartial(scan) {
            throw NotifierError(
                .templateText,
                "\(file), line \(fault.line): \(fault.reason). Correct the template."
            )
        }
        do {
            // In front of the first line, so that lines keep their numbers.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(type)}}\(text)")
        } catch let error as MustacheTemplate.ParserError {
            let line = error.context.lineNumber + linesBefore
            let reason = Self.words(for: error.error)
            throw NotifierError(.templateText, "\(file), line \(line): \(reason). Correct the template.")
        } catch {
            throw NotifierError(.templateText, "\(file): the text is not a Mustache template. Correct it.")
        }
    }

    private static func places(in text: String, file: String) -> [String: String] {
        TemplateScan(text).tags.reduce(into: [:]) { places, tag in
            if places[tag.name] == nil { places[tag.name] = "\(file), line \(tag.line)" }
        }
    }

    private static func unknownPartial(_ scan: TemplateScan) -> TemplateScan.Fault? {
        let unknown = scan.tags.first { [">", "<"].contains($0.sign) && !self.partials.contains($0.name) }
        return unknown.map {
            TemplateScan.Fault(
                line: $0.line,
                reason:
                    "there is no partial {{>\($0.name)}}; there is {{>\(self.partials.sorted().joined(separator: "}}, {{>"))}}"
            )
        }
    }

    private static func words(for error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "a section is closed under another name than it was opened"
        case .unfinishedName: "a tag has no end, or its name holds a character that no name may hold"
        case .expectedSectionEnd: "a section has no end"
        case .invalidSetDelimiter: "a change of delimiters is not finished"
        case .invalidConfigVariableSyntax, .unrecognisedConfigVariable: "a pragma is unknown"
        case .transformAppliedToInheritanceSection, .illegalTokenInsideInheritSection, .textInsideInheritSection:
            "an inherited section holds what it may not"
        case nil: "the text ends in the middle of a tag"
        }
    }
}
