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
        let text = Array(source.code.joined(separator: "\n").utf8)
        var findings: [Finding] = []
        var line = 0
        for index in text.indices {
            if text[index] == 0x0A { line += 1 }
            guard self.startsFunction(text, at: index), let end = self.bodyEnd(text, from: index) else { continue }
            let length = text[index...end].count { $0 == 0x0A } + 1
            if length > self.functionLinesMax {
                findings.append(
                    source.finding(line, "the function has \(length) lines; \(self.functionLinesMax) are allowed")
                )
            }
        }
        return findings
    }

    private static let heads = ["func ", "init(", "init?(", "init<", "deinit "]

    private static func startsFunction(_ text: [UInt8], at index: Int) -> Bool {
        guard [0x64, 0x66, 0x69].contains(text[index]) else { return false }
        if index > 0 {
            let before = Character(Unicode.Scalar(text[index - 1]))
            if before.isLetter || before.isNumber || "_.`".contains(before) { return false }
        }
        return self.heads.contains { text[index...].starts(with: $0.utf8) }
    }

    /// Where the body of a function ends; nil when it has none, as in a protocol.
    private static func bodyEnd(_ text: [UInt8], from start: Int) -> Int? {
        var (round, braces) = (0, 0)
        for index in text.indices[start...] {
            switch text[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): round += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): round -= 1
            case UInt8(ascii: "{") where round == 0 || braces > 0: braces += 1
            case UInt8(ascii: "}") where braces > 0 || round == 0:
                braces -= 1
                if braces <= 0 { return braces == 0 ? index : nil }
            case 0x0A where round == 0 && braces == 0:
                if !self.continues(text, after: index) { return nil }
            default: continue
            }
        }
        return nil
    }

    /// Whether a signature goes on in the next line.
    private static func continues(_ text: [UInt8], after newline: Int) -> Bool {
        let rest = text[newline...].drop { $0 == 0x0A || $0 == 0x20 }
        return ["{", "->", "where", "throws", "async", "rethrows", "("].contains { rest.starts(with: $0.utf8) }
    }

    /// Every `package` declaration has a doc comment above, attributes between them allowed.
    private static func comments(in source: SourceText) -> [Finding] {
        let kinds = /\b(func|var|let|struct|class|enum|actor|protocol|init|subscript|typealias|macro)\b/
        let access = /^\s*(@\w+(\([^)]*\))?\s+)*(\w+\s+)*package(\(set\))?\s+(?!import)/
        return source.code.indices.compactMap { index in
            let line = source.code[index]
            guard line.contains("package"), let head = line.firstMatch(of: access),
                line[head.range.upperBound...].contains(kinds)
            else { return nil }
            let above = source.lines[..<index].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
            let isDocumented = above.drop { $0 == " " }.hasPrefix("///")
            return isDocumented ? nil : source.finding(index, "a package declaration needs a doc comment")
        }
    }
}
