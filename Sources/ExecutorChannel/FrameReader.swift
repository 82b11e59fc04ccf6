import Foundation
package import SystemPackage

/// Reads lines from one end of a pipe on a thread of its own, a batch at a time.
///
/// A line ends at byte 10 and nowhere else: JSON text may hold any other line end raw. Everything that one read brought is
/// handed over in one call, so that a busy pipe costs a wake-up a batch, not a frame.
package final class FrameReader: Sendable {
    /// How much is read at once, in bytes.
    private static let readBytes = 262_144

    private let descriptor: FileDescriptor
    private let lineBytesMax: Int
    private let deliver: @Sendable ([[UInt8]]) -> Void
    private let ended: @Sendable () -> Void

    /// Starts reading; the descriptor belongs to the reader from now on.
    ///
    /// `deliver` gets lines without their end, `ended` is called once: at the end of input, after a read error, or when a
    /// line is longer than `lineBytesMax`, as nothing after it could be trusted. Both are called on the reader's thread and
    /// must not block.
    package init(
        descriptor: FileDescriptor,
        name: String,
        lineBytesMax: Int,
        deliver: @escaping @Sendable ([[UInt8]]) -> Void,
        ended: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        self.lineBytesMax = lineBytesMax
        self.deliver = deliver
        self.ended = ended
        let thread = Thread { self.read() }
        thread.name = name
        thread.start()
    }

    private func read() {
        defer {
            try? self.descriptor.close()  // the end was reached or the pipe is broken: nothing is left to do about it
            self.ended()
        }
        var splitter = LineSplitter(lineBytesMax: self.lineBytesMax)
        var buffer = [UInt8](repeating: 0, count: Self.readBytes)
        while let count = try? buffer.withUnsafeMutableBytes({ try self.descriptor.read(into: $0) }), count > 0 {
            guard let lines = splitter.take(buffer[..<count]) else { return }
            if !lines.isEmpty { self.deliver(lines) }
        }
    }
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    let lineBytesMax: Int
    private var partial: [UInt8] = []

    init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// The lines that the bytes complete; nil when one is longer than allowed.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var lines: [[UInt8]] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            let line = self.partial + rest[..<end]
            guard line.count <= self.lineBytesMax else { return nil }
            lines.append(line)
            self.partial = []
            rest = rest[(end + 1)...]
        }
        self.partial += rest
        return self.partial.count <= self.lineBytesMax ? lines : nil
    }
}
