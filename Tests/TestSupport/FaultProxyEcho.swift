import Foundation
import Glibc
import Synchronization

/// A server that sends back what it gets, to test a proxy with.
package final class EchoServer: Sendable {
    /// Where it listens.
    package let port: Int
    private let listener: Int32
    private let wakeUp = FaultProxyWakeUp()

    /// Listens on a free loopback port.
    package init() throws {
        let (listener, port) = try FaultProxySocket.bound()
        self.listener = listener
        self.port = Int(port)
        FaultProxySocket.listen(listener, true)
        Thread.detachNewThread { [listener, wakeUp] in Self.run(listener, wakeUp) }
    }

    deinit { self.wakeUp.raise() }

    private static func run(_ listener: Int32, _ wakeUp: FaultProxyWakeUp) {
        var polls = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        polls.append(pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0))
        while poll(&polls, 2, -1) >= 0, polls[1].revents == 0 {
            guard let client = FaultProxySocket.accept(listener) else { continue }
            FaultProxySocket.hurry(client)
            Thread.detachNewThread { Self.echo(client) }
        }
        close(listener)
        wakeUp.end()
    }

    private static func echo(_ client: Int32) {
        defer { close(client) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            FaultProxySocket.wait([(client, POLLIN)], atMost: nil)
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { return }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 || errno == EAGAIN else { return }
                rest = rest.dropFirst(max(0, sent))
                if sent < 0 { FaultProxySocket.wait([(client, POLLOUT)], atMost: nil) }
            }
        }
    }
}

/// A client that notes what comes and how its connection ends.
package final class EchoClient: Sendable {
    /// What a look at the connection gave.
    package enum Look: Sendable, Equatable {
        /// So many bytes.
        case bytes([UInt8])
        /// Nothing for now.
        case nothing
        /// The end of the stream.
        case end
        /// A reset.
        case reset
    }

    private let descriptor: Int32

    /// Connects to a loopback port; nil when that is refused.
    package init?(port: Int) {
        guard let descriptor = FaultProxySocket.connect(port: UInt16(port)) else { return nil }
        self.descriptor = descriptor
        FaultProxySocket.hurry(descriptor)
    }

    deinit { close(self.descriptor) }

    /// Sends what fits; gives the number of bytes taken.
    @discardableResult
    package func send(_ bytes: some Collection<UInt8>) -> Int {
        Array(bytes).withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Ends its own direction.
    package func finish() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Looks what has come.
    package func look() -> Look {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(self.descriptor, &buffer, buffer.count)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        if count == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .reset
    }
}
