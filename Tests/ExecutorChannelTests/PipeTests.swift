import ExecutorChannel
import Foundation
import Synchronization
import SystemPackage
import Testing

@Suite("Frames through a real pipe")
struct PipeTests {
    /// As every program with a writer does.
    init() { signal(SIGPIPE, SIG_IGN) }

    /// Collects what a reader delivers and ends the wait when its input has ended.
    private func lines(
        bytesMax: Int = 1_000_000,
        _ write: @Sendable (FrameWriter) -> Void
    ) async throws -> [[UInt8]] {
        let (input, output) = try FileDescriptor.pipe()
        let (stream, continuation) = AsyncStream.makeStream(of: [[UInt8]].self)
        let reader = FrameReader(
            descriptor: input, name: "test reader", lineBytesMax: bytesMax,
            deliver: { continuation.yield($0) }, ended: { continuation.finish() })
        let writer = FrameWriter(descriptor: output, name: "test writer")
        write(writer)
        writer.finish()
        var lines: [[UInt8]] = []
        for await batch in stream { lines += batch }
        withExtendedLifetime(reader) {}
        return lines
    }

    @Test("Every line arrives once and in order, far beyond what a pipe holds")
    func order() async throws {
        let sent = (0..<20_000).map { Array("frame \($0)".utf8) }
        let received = try await self.lines { writer in for line in sent { writer.write(line + [0x0A]) } }
        #expect(received == sent)
    }

    @Test("Only byte 10 ends a line: Unicode's other line ends stay inside")
    func lineEnds() async throws {
        let line = Array("a\u{2028}b\u{85}c\rd\u{0B}e".utf8)
        #expect(try await self.lines { $0.write(line + [0x0A]) } == [line])
    }

    @Test("A line longer than allowed ends the reading instead of growing the memory")
    func tooLong() async throws {
        let received = try await self.lines(bytesMax: 10) { writer in
            writer.write(Array("short\n".utf8))
            writer.write(Array(repeating: 0x78, count: 100_000) + [0x0A])
            writer.write(Array("never\n".utf8))
        }
        #expect(received.allSatisfy { $0 == Array("short".utf8) })
    }

    @Test("Bytes after the last line end are no line")
    func unfinished() async throws {
        #expect(try await self.lines { $0.write(Array("whole\nhalf".utf8)) } == [Array("whole".utf8)])
    }
}
