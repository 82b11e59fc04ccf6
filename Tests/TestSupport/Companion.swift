import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A program that a test speaks with by lines; its input ends with this object, or with this process however it ends.
package final class Companion: Sendable {
    private struct Said {
        var pid: Int32?
        var lines: [String] = []
        var complaints: [String] = []
        var hasEnded = false
    }

    private final class Hearing: Sendable {
        let said = Mutex(Said())
    }

    private let program: String
    private let hearing = Hearing()
    private let input: Mutex<FileDescriptor?>

    /// Starts a command in a process group of its own; its first word is a path, or a name to be looked for in `PATH`.
    package init(_ command: [String]) throws {
        let pipe = try FileDescriptor.pipe()
        self.input = Mutex(pipe.writeEnd)
        var options = PlatformOptions()
        options.processGroupID = 0
        let program = command.first ?? ""
        self.program = program
        // Ends with the program, which ends with its input.
        Task { [hearing, options] in
            do {
                _ = try await Subprocess.run(
                    Repository.executable(program),
                    arguments: Arguments(Array(command.dropFirst())),
                    platformOptions: options,
                    input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true),
                    output: .sequence,
                    error: .sequence
                ) { execution in
                    hearing.said.withLock { $0.pid = execution.processIdentifier.value }
                    async let complaints: Void = {
                        for try await line in execution.standardError.strings() {
                            hearing.said.withLock { $0.complaints.append(line) }
                        }
                    }()
                    for try await line in execution.standardOutput.strings() {
                        hearing.said.withLock { $0.lines.append(line) }
                    }
                    try await complaints
                }
            } catch {
                hearing.said.withLock { $0.complaints.append("\(error)") }
            }
            hearing.said.withLock { $0.hasEnded = true }
        }
    }

    deinit { self.stop() }

    /// What it has said so far.
    package var lines: [String] { self.hearing.said.withLock { $0.lines } }

    /// Waits for the first line from a number on, 0 being the first of all, that is as wanted.
    ///
    /// Throws `Broker.Failure` with what it complained of when it ends before, and `NeverHappened` when it says nothing.
    package func line(
        from number: Int = 0,
        within time: Duration = .seconds(20),
        where isWanted: (String) -> Bool = { _ in true }
    ) async throws -> String {
        var found: String?
        try await eventually(within: time, "a line of a companion") {
            let said = self.hearing.said.withLock { $0 }
            found = said.lines.dropFirst(number).first(where: isWanted)
            guard found == nil, said.hasEnded else { return found != nil }
            let words = (said.complaints + said.lines).joined(separator: "\n")
            throw Broker.Failure(description: "\(self.program) ended too early. It said: \(words)")
        }
        return found ?? ""
    }

    /// Says a line to it.
    package func say(_ line: String) throws {
        _ = try self.input.withLock { try $0?.writeAll("\(line)\n".utf8) }
    }

    /// Ends its input.
    package func stop() {
        self.input.withLock { input in
            try? input?.close()
            input = nil
        }
    }

    /// Ends it at once.
    package func kill() {
        let pid = self.hearing.said.withLock { $0.hasEnded ? nil : $0.pid }
        if let pid { Glibc.kill(pid, SIGKILL) }
    }
}
