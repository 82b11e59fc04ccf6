import Foundation

/// Which process holds something, told apart from a later one with the same number by its start time.
package struct ProcessMark: Sendable, Equatable {
    /// The process number.
    let process: Int32
    /// When it started, in the kernel's ticks since boot (proc(5), `stat`, field 22).
    let start: String

    /// The mark of this process; nil where there is no `/proc`.
    package static var own: ProcessMark? { ProcessMark(process: ProcessInfo.processInfo.processIdentifier) }

    /// The mark of a running process.
    init?(process: Int32) {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        // The name in brackets may hold spaces and brackets, so that fields count from its end.
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        self.process = process
        self.start = String(fields[19])
    }

    /// Reads what `text` wrote.
    init?(text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let process = Int32(parts[0]) else { return nil }
        self.process = process
        self.start = String(parts[1])
    }

    /// Number and start.
    var text: String { "\(self.process):\(self.start)" }

    /// Whether that very process still runs.
    var isAlive: Bool { ProcessMark(process: self.process) == self }
}
