import Foundation
import Synchronization

/// A server in Python that says its port in its first line, and lives until its input ends.
package final class Sink: Sendable {
    /// Where it listens, on loopback.
    package let port: Int
    private let process: Mutex<Process>
    private let input: Mutex<Pipe>
    private let lines: Mutex<[String]>

    /// Starts a script of `Tests/NotifierTests` and waits for its port.
    package static func start(_ script: String, _ arguments: [String], needing modules: [String]) async throws -> Sink {
        _ = try await Repository.python(["-c", ""], needing: modules)
        let sink = try Sink(script, arguments)
        return sink
    }

    private init(_ script: String, _ arguments: [String]) throws {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        let path = Repository.url("Tests/NotifierTests/\(script)").path
        process.arguments = [Repository.pythonInterpreter, path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var first: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            first.append(byte)
        }
        guard let port = Int(String(decoding: first, as: UTF8.self)) else { throw CocoaError(.executableLoad) }
        let handle = output.fileHandleForReading
        self.port = port
        self.process = Mutex(process)
        self.input = Mutex(input)
        self.lines = Mutex([])
        Thread.detachNewThread { [self] in
            var rest: [UInt8] = []
            while case let data = handle.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    self.lines.withLock { $0.append(line) }
                    rest.removeSubrange(...end)
                }
            }
        }
    }

    /// What it has printed since its port.
    package var printed: [String] { self.lines.withLock { $0 } }

    /// Ends it.
    package func stop() { self.input.withLock { try? $0.fileHandleForWriting.close() } }
}
