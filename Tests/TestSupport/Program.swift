package import Foundation
import Synchronization

/// A program of this package, run as a user would run it: a real process that can really be killed.
package final class Program: Sendable {
    private let process: Mutex<Process>
    private let ended: AsyncStream<Int32>
    private let isLaunched: Bool
    /// Its process number; its launcher's when it has one.
    package let pid: Int32
    /// Where its standard output and standard error are kept.
    package let outputFile: URL

    /// Starts a program that lies beside the tests: `sluice` or `sluice-simulator`.
    ///
    /// `environment` is the whole of it; output goes to a file in `folder`. A `launcher` is a command with arguments that runs
    /// the one after them as its child, and waits for it.
    package init(
        _ name: String,
        _ arguments: [String],
        environment: [String: String],
        folder: URL,
        launcher: [String] = []
    ) throws {
        let process = Process()
        let command = launcher + [try Self.url(of: name).path] + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        self.isLaunched = !launcher.isEmpty
        process.environment = environment
        self.outputFile = folder.appending(path: "\(name)-\(UUID().uuidString.lowercased()).log")
        guard FileManager.default.createFile(atPath: self.outputFile.path, contents: nil) else {
            throw CocoaError(.fileWriteNoPermission)
        }
        let output = try FileHandle(forWritingTo: self.outputFile)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.yield(process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
            end.finish()
        }
        self.ended = ended
        try process.run()
        self.pid = process.processIdentifier
        self.process = Mutex(process)
    }

    /// Where a program of this package was built: beside the running tests.
    package static func url(of name: String) throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: name)
    }

    /// Everything it has written so far.
    package var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// Sends a signal.
    package func signal(_ number: Int32) { kill(self.pid, number) }

    /// Waits for its end; 128 and the signal's number when one ended it.
    ///
    /// May be called once.
    package func status() async -> Int32 {
        for await status in self.ended { return status }
        return -1
    }

    /// The process numbers of its children.
    package func children() -> [Int32] { Self.children(of: self.pid) }

    /// The process numbers of the children of any process.
    package static func children(of process: Int32) -> [Int32] {
        let file = "/proc/\(process)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: file)) ?? []
        return threads.flatMap { thread in
            let list = (try? String(contentsOfFile: "\(file)/\(thread)/children", encoding: .utf8)) ?? ""
            return list.split(separator: " ").compactMap { Int32($0) }
        }
    }

    deinit {
        guard self.process.withLock({ $0.isRunning }) else { return }
        if self.isLaunched { for child in self.children() { kill(child, SIGKILL) } }
        kill(self.pid, SIGKILL)
    }
}
