import Foundation
import TestSupport

/// A Swift file as the rules see it: as written, and with strings and comments blanked out.
struct SourceText: Sendable {
    /// Its path below the top of the repository.
    let path: String
    /// The lines as written.
    let lines: [String]
    /// The lines with the content of strings and comments replaced by spaces.
    let code: [String]

    /// Takes a text that lies at a path.
    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blanker = Blanker(text)
        self.code = blanker.blanked().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// `Sources` or `Tests`.
    var area: String { String(self.path.split(separator: "/").first ?? "") }

    /// The target that the file belongs to.
    var module: String { String(self.path.split(separator: "/").dropFirst().first ?? "") }

    /// The file's name without its ending.
    var name: String { String(self.path.split(separator: "/").last?.prefix { $0 != "." } ?? "") }

    /// A breach of a rule at a line, counted from 0.
    func finding(_ line: Int, _ rule: String) -> Finding { Finding(path: self.path, line: line + 1, rule: rule) }

    /// Every Swift file of the repository.
    static func all() throws -> [SourceText] {
        try ["Sources", "Tests"].flatMap { try Repository.files(under: $0) }
            .filter { $0.hasSuffix(".swift") }
            .map { SourceText(path: $0, text: try String(contentsOf: Repository.url($0), encoding: .utf8)) }
    }
}

/// A breach of a rule.
struct Finding: Sendable, Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let rule: String

    var description: String { "\(self.path):\(self.line): \(self.rule)" }
}

/// Replaces what stands in strings and comments by spaces; line ends stay.
///
/// It knows nested comments, strings of several lines, raw strings and interpolations; regex literals it takes for code.
private struct Blanker {
    private let text: [Character]
    private var at = 0
    private var output: [Character] = []

    init(_ text: String) { self.text = Array(text) }

    mutating func blanked() -> String {
        while self.at < self.text.count { self.code() }
        return String(self.output)
    }

    private mutating func code() {
        if self.sees("//") {
            while self.at < self.text.count, !self.text[self.at].isNewline { self.blank() }
        } else if self.sees("/*") {
            self.comment()
        } else if let hashes = self.openingHashes {
            self.string(hashes: hashes)
        } else {
            self.keep()
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if self.sees("/*") {
                depth += 1
                self.blank(2)
            } else if self.sees("*/") {
                depth -= 1
                self.blank(2)
            } else {
                self.blank()
            }
        } while depth > 0 && self.at < self.text.count
    }

    /// How many `#` stand before a string that starts here; nil when none does.
    private var openingHashes: Int? {
        let hashes = self.text[self.at...].prefix { $0 == "#" }.count
        let quote = self.at + hashes
        return quote < self.text.count && self.text[quote] == "\"" ? hashes : nil
    }

    private mutating func string(hashes: Int) {
        self.blank(hashes)
        let quotes = self.sees("\"\"\"") ? "\"\"\"" : "\""
        let end = quotes + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        self.blank(quotes.count)
        while self.at < self.text.count, !self.sees(end) {
            if self.sees(escape + "(") {
                self.blank(escape.count)
                self.interpolation()
            } else {
                self.blank(self.sees(escape) ? escape.count + 1 : 1)
            }
        }
        self.blank(end.count)
    }

    /// Keeps the code of an interpolation, as rules hold there too.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if self.text[self.at] == "(" { depth += 1 }
            if self.text[self.at] == ")" { depth -= 1 }
            self.code()
        } while depth > 0 && self.at < self.text.count
    }

    private func sees(_ word: String) -> Bool {
        self.text[self.at...].prefix(word.count).elementsEqual(word)
    }

    private mutating func keep() {
        self.output.append(self.text[self.at])
        self.at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for character in self.text[self.at...].prefix(count) { self.output.append(character.isNewline ? "\n" : " ") }
        self.at = min(self.at + count, self.text.count)
    }
}
