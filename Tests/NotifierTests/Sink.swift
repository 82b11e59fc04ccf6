import Foundation
import Synchronization
import TestSupport

/// A server in Python that says its port in its first line, and lives until its input ends.
final class Sink: Sendable {
    let port: Int
    private let process: Mutex<Process>
    private let input: Mutex<Pipe>
    private let lines: Mutex<[String]>

    /// Starts a script of this folder and waits for its port.
    static func start(_ script: String, _ arguments: [String], needing modules: [String]) async throws -> Sink {
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
    var printed: [String] { self.lines.withLock { $0 } }

    /// Ends it.
    func stop() { self.input.withLock { try? $0.fileHandleForWriting.close() } }
}

/// A folder that is gone when the body ends.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString.lowercased())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Writes a program of one's own.
func script(_ text: String, in folder: URL, name: String = "program") throws -> String {
    let file = folder.appending(path: name)
    try Data("#!/bin/sh\n\(text)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file.path
}
