import Foundation
import JobModel

/// What is written for people and for programs.
enum Terminal {
    /// Whether standard output is a terminal.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colours only on a terminal, and not where NO_COLOR asks for none.
    static var hasColors: Bool {
        self.isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// A line on standard error; whatever is in it from outside steers no terminal.
    static func complain(_ line: String) { self.write(ForeignText.line(line) + "\n", to: .standardError) }

    /// Several lines on standard error.
    static func complain(page: String) { self.write(ForeignText.page(page) + "\n", to: .standardError) }

    /// A line of JSON on standard error.
    static func complain(jsonText: String) { self.write(ForeignText.json(jsonText) + "\n", to: .standardError) }

    /// A line on standard output, at once even into a pipe; whatever is in it from outside steers no terminal.
    static func say(_ line: String, isBold: Bool = false) {
        let (begin, end) = isBold && self.hasColors ? ("\u{1B}[1m", "\u{1B}[0m") : ("", "")
        self.write("\(begin)\(ForeignText.line(line))\(end)\n", to: .standardOutput)
    }

    /// Several lines on standard output.
    static func say(page: String) { self.write(ForeignText.page(page) + "\n", to: .standardOutput) }

    /// JSON on standard output, the same value in harmless characters.
    static func say(jsonText: String) { self.write(ForeignText.json(jsonText) + "\n", to: .standardOutput) }

    /// Replaces the current line of a terminal; `ends` leaves it behind.
    static func redraw(_ line: String, mark: Mark? = nil, ends: Bool = false) {
        let mark = mark.map { "\($0.text) " } ?? ""
        self.write("\r\u{1B}[K\(mark)\(ForeignText.line(line))\(ends ? "\n" : "")", to: .standardOutput)
    }

    /// How a finished step ended.
    enum Mark {
        case done
        case failed

        fileprivate var text: String {
            let (mark, color) = self == .done ? ("✓", "\u{1B}[32m") : ("✗", "\u{1B}[31m")
            return Terminal.hasColors ? "\(color)\(mark)\u{1B}[0m" : mark
        }
    }

    private static func write(_ text: String, to file: FileHandle) { file.write(Data(text.utf8)) }

    /// A value as indented JSON with sorted keys.
    static func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        self.say(jsonText: String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
