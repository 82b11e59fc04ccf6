import Glibc
import Synchronization

/// One connection through a proxy: two sockets, and a thread for each way.
final class FaultProxyLink: Sendable {
    private struct State {
        var threads = 2
        var isCut = false
        var isReset = false
        var hasHole = false
    }

    private let client: Int32
    private let target: Int32
    private let wakeUp = FaultProxyWakeUp()
    private let state = Mutex(State())

    init(client: Int32, target: Int32) {
        self.client = client
        self.target = target
        FaultProxySocket.hurry(client)
        FaultProxySocket.hurry(target)
    }

    /// Whether bytes were thrown away.
    var hasHole: Bool { self.state.withLock { $0.hasHole } }

    /// Ends the connection both ways, with a reset or an end.
    func cut(isReset: Bool) {
        self.state.withLock { state in
            guard !state.isCut, state.threads > 0 else { return }
            state.isCut = true
            state.isReset = isReset
            self.wakeUp.raise()
        }
    }

    /// Notes that bytes were thrown away.
    func noteHole() { self.state.withLock { $0.hasHole = true } }

    /// Waits; false when the connection was cut.
    func pause(_ time: Duration) -> Bool {
        if time > .zero { FaultProxySocket.wait([(self.wakeUp.descriptor, POLLIN)], atMost: time) }
        return !self.isCut
    }

    /// Reads what is there; 0 at the end, nil when the connection is cut or broken.
    func read(_ direction: ProxyDirection, into buffer: inout [UInt8]) -> Int? {
        let source = direction == .up ? self.client : self.target
        while !self.isCut {
            let count = Glibc.read(source, &buffer, buffer.count)
            if count >= 0 { return count }
            guard errno == EAGAIN || errno == EINTR else { return nil }
            FaultProxySocket.wait([(source, POLLIN), (self.wakeUp.descriptor, POLLIN)], atMost: nil)
        }
        return nil
    }

    /// Writes all of it; false when the connection is cut or broken.
    func write(_ direction: ProxyDirection, _ bytes: ArraySlice<UInt8>) -> Bool {
        let sink = direction == .up ? self.target : self.client
        var rest = bytes
        while !rest.isEmpty {
            guard !self.isCut else { return false }
            let count = rest.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard errno == EAGAIN || errno == EINTR else { return false }
                FaultProxySocket.wait([(sink, POLLOUT), (self.wakeUp.descriptor, POLLIN)], atMost: nil)
            }
        }
        return true
    }

    /// Passes the end of a stream on.
    func end(_ direction: ProxyDirection) {
        shutdown(direction == .up ? self.target : self.client, Int32(SHUT_WR))
    }

    /// A thread is done; true for the last one, which closes both sockets.
    func leave() -> Bool {
        self.state.withLock { state in
            state.threads -= 1
            guard state.threads == 0 else { return false }
            for socket in [self.client, self.target] {
                if state.isReset { FaultProxySocket.closeHard(socket) } else { close(socket) }
            }
            self.wakeUp.end()
            return true
        }
    }

    private var isCut: Bool { self.state.withLock { $0.isCut } }
}
