import Foundation

/// Where the tags of a Mustache template stand, and the first fault of their nesting.
///
/// The parser says that something is wrong, but for a tag or a section without an end only where the text ends; this finds the
/// line where a person has to look. It also knows the partials, which the parser takes whatever their names are.
struct TemplateScan {
    /// A tag: its sign (a space for a plain variable), the name in it, and the line it begins in.
    struct Tag: Equatable {
        let sign: Character
        let name: String
        let line: Int
    }

    /// A fault and the line it is in.
    struct Fault: Equatable {
        let line: Int
        let reason: String
    }

    private static let signs: Set<Character> = ["#", "^", "/", "!", "&", ">", "<", "$", "=", "%", "{"]

    /// The tags in their order, up to the first fault.
    private(set) var tags: [Tag] = []
    /// The first fault; nil when every tag and section has an end.
    private(set) var fault: Fault?

    /// Reads a text whose first line is the file's `firstLine`; after a change of delimiters (`{{=`) it stops and leaves the
    /// rest to the parser.
    init(_ text: String, firstLine: Int = 1) {
        var (rest, line, sections) = (text[...], firstLine, [Tag]())
        while self.fault == nil, let open = rest.firstRange(of: "{{") {
            line += rest[..<open.lowerBound].count { $0.isNewline }
            rest = rest[open.upperBound...]
            let end = rest.first == "{" ? "}}}" : "}}"
            guard let close = rest.firstRange(of: end) else {
                let start = rest.prefix { !$0.isNewline }.prefix(40)
                self.fault = Fault(line: line, reason: "the tag {{\(start) has no end \(end)")
                return
            }
            let tag = Self.tag(rest[..<close.lowerBound], line: line)
            if tag.sign == "=" { return }
            self.fault = Self.fault(of: tag, in: &sections)
            self.tags.append(tag)
            line += rest[..<close.upperBound].count { $0.isNewline }
            rest = rest[close.upperBound...]
        }
        guard self.fault == nil, let open = sections.last else { return }
        self.fault = Fault(
            line: open.line,
            reason: "the section {{\(open.sign)\(open.name)}} has no end {{/\(open.name)}}"
        )
    }

    private static func tag(_ content: Substring, line: Int) -> Tag {
        let sign = content.first.flatMap { self.signs.contains($0) ? $0 : nil }
        let name = content.dropFirst(sign == nil ? 0 : 1).trimmingCharacters(in: .whitespacesAndNewlines)
        return Tag(sign: sign ?? " ", name: name, line: line)
    }

    /// Follows sections: what is opened is kept in `sections` until it is closed.
    private static func fault(of tag: Tag, in sections: inout [Tag]) -> Fault? {
        switch tag.sign {
        case "#", "^", "<", "$": sections.append(tag)
        case "/":
            guard let open = sections.popLast() else {
                return Fault(line: tag.line, reason: "{{/\(tag.name)}} closes a section that was not opened")
            }
            guard open.name == tag.name else {
                let opened = "{{\(open.sign)\(open.name)}} of line \(open.line)"
                return Fault(line: tag.line, reason: "{{/\(tag.name)}} does not close the section \(opened)")
            }
        default: return nil
        }
        return nil
    }
}
