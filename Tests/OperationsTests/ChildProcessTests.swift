import Foundation
import Operations
import TestSupport
import Testing

@Suite("Programs that are started")
struct ChildProcessTests {
    private let log = FileManager.default.temporaryDirectory.appending(path: "\(Broker.unique("child")).log")

    private func start(_ script: String, _ environment: [String: String] = [:]) async throws -> ChildProcess {
        try await ChildProcess.start(["/bin/bash", "-c", script], environment: environment, log: self.log)
    }

    private var written: String { (try? String(contentsOf: self.log, encoding: .utf8)) ?? "" }

    @Test("Its log grows, its environment is what was given, and its status is told as often as asked")
    func status() async throws {
        defer { try? FileManager.default.removeItem(at: self.log) }
        try Data("before\n".utf8).write(to: self.log)
        let child = try await self.start("echo out $A; echo err >&2; read line; exit 7", ["A": "b"])
        #expect(await child.status() == 7)
        #expect(await child.status() == 7)
        #expect(!child.isRunning)
        #expect(self.written == "before\nout b\nerr\n")
    }

    @Test("A signal ends it, alone of us; a later one reaches nobody")
    func signal() async throws {
        defer { try? FileManager.default.removeItem(at: self.log) }
        let child = try await self.start("ps -o pgid= -p $$; echo $$; exec sleep 600")
        try await eventually { self.written.split(separator: "\n").count == 2 }
        #expect(self.written.split(whereSeparator: \.isWhitespace).map(String.init) == ["\(child.id)", "\(child.id)"])
        #expect(child.isRunning)
        child.signal(SIGTERM)
        #expect(await child.status() == 128 + SIGTERM)
        child.signal(SIGKILL)
    }

    @Test("With thousands of files open it starts all the same, and has none of them")
    func manyFiles() async throws {
        defer { try? FileManager.default.removeItem(at: self.log) }
        let null = try FileHandle(forReadingFrom: URL(filePath: "/dev/null"))
        let files = (0..<3_000).map { _ in FileHandle(fileDescriptor: dup(null.fileDescriptor), closeOnDealloc: true) }
        try #require(files.allSatisfy { $0.fileDescriptor > 0 })
        let child = try await self.start("readlink /proc/self/fd/* | grep -c /dev/null")
        #expect(await child.status() == 0)
        #expect(self.written == "1\n", "its input alone is of that name")
        withExtendedLifetime(files) {}
    }

    @Test("A program or a log that cannot be opened is an error")
    func impossible() async throws {
        await #expect(throws: (any Error).self) {
            try await ChildProcess.start(["/nonexistent"], environment: [:], log: self.log)
        }
        await #expect(throws: (any Error).self) {
            try await ChildProcess.start(["/bin/true"], environment: [:], log: URL(filePath: "/nonexistent/log"))
        }
        try? FileManager.default.removeItem(at: self.log)
    }
}
