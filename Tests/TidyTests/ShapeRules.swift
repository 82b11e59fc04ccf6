/// Size and naming of files, length of functions, comments on what other modules see.
enum ShapeRules {
    /// The longest that a file may be, in lines.
    static let fileLinesMax = 400
    /// The longest that a function may be, in lines from its name to its closing brace.
    static let functionLinesMax = 70

    static func findings(in source: SourceText) -> [Finding] {
        self.length(of: source) + self.naming(of: source) + self.functions(in: source) + self.comments(in: source)
    }

    private static func length(of source: SourceText) -> [Finding] {
        let count = source.lines.last?.isEmpty == true ? source.lines.count - 1 : source.lines.count
        return count > self.fileLinesMax
            ? [source.finding(self.fileLinesMax, "the file has \(count) lines; \(self.fileLinesMax) are allowed")] : []
    }

    private static func naming(of source: SourceText) -> [Finding] {
        let isVague = source.name.contains(/(Utils?|Utilities|Helpers?|Common|Base|Manager)(?![a-z0-9])/)
        return isVague ? [source.finding(0, "the file has no name of its own: \(source.name)")] : []
    }

    private static func functions(in source: SourceText) -> [Finding] {
        let text = Array(source.code.joined(separator: "\n"))
        var findings: [Finding] = []
        var line = 0
        for index in text.indices {
            if text[index].isNewline { line += 1 }
            guard self.startsFunction(text, at: index), let end = self.bodyEnd(text, from: index) else { continue }
            let length = text[index...end].count(where: \.isNewline) + 1
            if length > self.functionLinesMax {
                findings.append(source.finding(line, "the function has \(length) lines; \(self.functionLinesMax) are allowed"))
            }
        }
        return findings
    }

    private static func startsFunction(_ text: [Character], at index: Int) -> Bool {
        if index > 0, text[index - 1].isLetter || text[index - 1].isNumber || "_.`".contains(text[index - 1]) { return false }
        return ["func ", "init(", "init?(", "init<", "deinit "].contains { text[index...].prefix($0.count).elementsEqual($0) }
    }

    /// Where the body of a function ends; nil when it has none, as in a protocol.
    private static func bodyEnd(_ text: [Character], from start: Int) -> Int? {
        var (round, braces) = (0, 0)
        for index in text.indices[start...] {
            switch text[index] {
            case "(", "[": round += 1
            case ")", "]": round -= 1
            case "{" where round == 0 || braces > 0: braces += 1
            case "}" where braces > 0 || round == 0:
                braces -= 1
                if braces <= 0 { return braces == 0 ? index : nil }
            case "\n" where round == 0 && braces == 0:
                if !self.continues(text, after: index) { return nil }
            default: continue
            }
        }
        return nil
    }

    /// Whether a signature goes on in the next line.
    private static func continues(_ text: [Character], after newline: Int) -> Bool {
        let rest = String(text[newline...].drop { $0.isWhitespace }.prefix(10))
        return ["{", "->", "where", "throws", "async", "rethrows", "("].contains { rest.hasPrefix($0) }
    }

    /// Every `package` declaration has a doc comment above, attributes between them allowed.
    private static func comments(in source: SourceText) -> [Finding] {
        source.code.indices.compactMap { index in
            let declaration =
                /^\s*(@\w+(\([^)]*\))?\s+)*(\w+\s+)*package(\(set\))?\s+(\w+\s+)*(func|var|let|struct|class|enum|actor|protocol|init|subscript|typealias|macro)\b|^\s*package\s+(\w+\s+)*init[?(<]/
            guard source.code[index].contains(declaration) else { return nil }
            let above = source.lines[..<index].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
            let isDocumented = above.drop { $0 == " " }.hasPrefix("///")
            return isDocumented ? nil : source.finding(index, "a package declaration needs a doc comment")
        }
    }
}
