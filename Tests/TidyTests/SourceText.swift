import Foundation
import TestSupport

/// A Swift file as the rules see it: as written, and with strings and comments blanked out.
struct SourceText: Sendable {
    /// Its path below the top of the repository.
    let path: String
    /// The whole as written.
    let text: String
    /// The lines as written.
    let lines: [String]
    /// The lines with the content of strings and comments replaced by spaces.
    let code: [String]

    /// Takes a text that lies at a path.
    init(path: String, text: String) {
        self.path = path
        self.text = text
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
/// It works on bytes, as the tests run unoptimised.
private struct Blanker {
    private let text: [UInt8]
    private var at = 0
    private var output: [UInt8] = []

    init(_ text: String) {
        self.text = Array(text.utf8)
        self.output.reserveCapacity(self.text.count)
    }

    mutating func blanked() -> String {
        while self.at < self.text.count { self.code() }
        return String(decoding: self.output, as: UTF8.self)
    }

    private mutating func code() {
        switch self.text[self.at] {
        case UInt8(ascii: "/") where self.sees("//"):
            while self.at < self.text.count, self.text[self.at] != 0x0A { self.blank() }
        case UInt8(ascii: "/") where self.sees("/*"): self.comment()
        case UInt8(ascii: "\""): self.string(hashes: 0)
        case UInt8(ascii: "#"):
            let hashes = self.text[self.at...].prefix { $0 == UInt8(ascii: "#") }.count
            let opens = self.at + hashes < self.text.count && self.text[self.at + hashes] == UInt8(ascii: "\"")
            if opens { self.string(hashes: hashes) } else { self.keep() }
        default: self.keep()
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

    private mutating func string(hashes: Int) {
        self.blank(hashes)
        let quotes = self.sees("\"\"\"") ? "\"\"\"" : "\""
        let end = quotes + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        self.blank(quotes.utf8.count)
        while self.at < self.text.count {
            switch self.text[self.at] {
            case UInt8(ascii: "\"") where self.sees(end):
                return self.blank(end.utf8.count)
            case UInt8(ascii: "\\") where self.sees(escape + "("):
                self.blank(escape.utf8.count)
                self.interpolation()
            case UInt8(ascii: "\\") where self.sees(escape): self.blank(escape.utf8.count + 1)
            default: self.blank()
            }
        }
    }

    /// Keeps the code of an interpolation, as rules hold there too.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if self.text[self.at] == UInt8(ascii: "(") { depth += 1 }
            if self.text[self.at] == UInt8(ascii: ")") { depth -= 1 }
            self.code()
        } while depth > 0 && self.at < self.text.count
    }

    private func sees(_ word: String) -> Bool { self.text[self.at...].starts(with: word.utf8) }

    private mutating func keep() {
        self.output.append(self.text[self.at])
        self.at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for byte in self.text[self.at...].prefix(count) { self.output.append(byte == 0x0A ? 0x0A : 0x20) }
        self.at = min(self.at + count, self.text.count)
    }
}
