import Foundation
import Synchronization
package import SystemPackage

/// Writes lines to one end of a pipe on a thread of its own, so that no caller ever waits for the other side.
///
/// What gathers while a write is under way goes out in the next one. The buffer is bounded by its users: an executor has at
/// most as many frames under way as it has jobs.
package final class FrameWriter: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isFinished = false
        var isBroken = false
    }

    private let descriptor: FileDescriptor
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let (closing, didClose) = AsyncStream.makeStream(of: Void.self)

    /// Starts the thread; the descriptor belongs to the writer from now on.
    ///
    /// The program must ignore SIGPIPE: a reader that has gone makes the writer drop what it is given.
    package init(descriptor: FileDescriptor, name: String) {
        self.descriptor = descriptor
        let thread = Thread { self.drain() }
        thread.name = name
        thread.start()
    }

    /// Queues a line, its end included.
    package func write(_ line: [UInt8]) {
        let wakes = self.state.withLock { state in
            guard !state.isFinished, !state.isBroken else { return false }
            state.bytes += line
            return state.bytes.count == line.count
        }
        if wakes { self.signal.signal() }
    }

    /// Closes the pipe once everything queued has been written.
    package func finish() {
        self.state.withLock { $0.isFinished = true }
        self.signal.signal()
    }

    /// Waits until the pipe is closed, after `finish` or because the reader has gone: call it before the process ends.
    package func closed() async { for await _ in self.closing {} }

    private func drain() {
        defer {
            try? self.descriptor.close()  // the reader learns of it as the end of input
            self.didClose.finish()
        }
        while true {
            let (bytes, isFinished) = self.state.withLock { state in
                defer { state.bytes = [] }
                return (state.bytes, state.isFinished)
            }
            if bytes.isEmpty {
                if isFinished { return }
                self.signal.wait()
            } else if (try? self.descriptor.writeAll(bytes)) == nil {
                self.state.withLock { $0.isBroken = true }
                return
            }
        }
    }
}
