import Foundation

/// What is written for people and for programs.
enum Terminal {
    /// Whether standard output is a terminal.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colours only on a terminal, and not where NO_COLOR asks for none.
    static var hasColors: Bool {
        self.isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// A line on standard error.
    static func complain(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

    /// A line on standard output, at once even into a pipe.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    /// Replaces the current line of a terminal.
    static func redraw(_ line: String) { FileHandle.standardOutput.write(Data("\r\u{1B}[K\(line)".utf8)) }

    /// A value as indented JSON with sorted keys.
    static func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        self.say(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
