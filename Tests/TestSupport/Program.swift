package import Foundation
import Operations

/// A program of this package, run as a user would run it: a real process that can really be killed.
package final class Program: Sendable {
    private let process: ChildProcess
    private let isLaunched: Bool
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
    ) async throws {
        self.isLaunched = !launcher.isEmpty
        self.outputFile = folder.appending(path: "\(name)-\(UUID().uuidString.lowercased()).log")
        let command = launcher + [try Self.url(of: name).path] + arguments
        self.process = try await ChildProcess.start(command, environment: environment, log: self.outputFile)
    }

    /// Its process number; its launcher's when it has one.
    package var pid: Int32 { self.process.id }

    /// Where a program of this package was built: beside the running tests.
    package static func url(of name: String) throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: name)
    }

    /// Everything it has written so far.
    package var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) { self.process.signal(number) }

    /// Waits for its end; 128 and the signal's number when one ended it.
    package func status() async -> Int32 { await self.process.status() }

    /// The process numbers of its children.
    package func children() -> [Int32] { HostProcesses.children(of: self.pid) }

    deinit {
        guard self.process.isRunning else { return }
        if self.isLaunched { for child in self.children() { kill(child, SIGKILL) } }
        self.process.signal(SIGKILL)
    }
}
