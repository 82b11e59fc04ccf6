import Foundation
import Glibc

/// The few socket calls a proxy needs; every descriptor does not block, waits are polls with a wake-up beside them.
enum FaultProxySocket {
    /// A socket bound to a loopback port that it keeps while it does not listen.
    ///
    /// Bound twice: only a port that was asked for by number stays with a socket that stops listening.
    static func bound() throws -> (descriptor: Int32, port: UInt16) {
        let first = try self.make()
        defer { close(first) }
        try self.bind(first, port: 0)
        let port = try self.port(of: first)
        let second = try self.make()
        var yes: Int32 = 1
        for socket in [first, second] {
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        try self.bind(second, port: port)
        return (second, port)
    }

    /// Begins or stops listening; whoever has not been accepted yet is reset.
    static func listen(_ descriptor: Int32, _ isListening: Bool) {
        if isListening {
            _ = Glibc.listen(descriptor, self.backlog)
        } else {
            shutdown(descriptor, Int32(SHUT_RD))
        }
    }

    /// Takes the next connection, or nil.
    static func accept(_ listener: Int32) -> Int32? {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    /// Connects to a loopback port, or nil.
    static func connect(port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let status = self.withAddress(port) { Glibc.connect(descriptor, $0, $1) }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    /// Sends each write at once, so that slices stay slices.
    static func hurry(_ descriptor: Int32) {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Closes with a reset instead of an end (SO_LINGER with 0 seconds).
    static func closeHard(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(descriptor)
    }

    /// Waits until one of the descriptors is ready or the time is over; -1 descriptors are passed over.
    static func wait(_ descriptors: [(Int32, Int32)], atMost time: Duration?) {
        var polls = descriptors.map { pollfd(fd: $0.0, events: Int16($0.1), revents: 0) }
        let milliseconds = time.map { Int32(clamping: Int64(max(0, $0 / .milliseconds(1)).rounded(.up))) } ?? -1
        poll(&polls, nfds_t(polls.count), milliseconds)
    }

    private static func make() throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw self.failure("make a socket") }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, port: UInt16) throws {
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let status = self.withAddress(port) { Glibc.bind(descriptor, $0, $1) }
        guard status == 0 else { throw self.failure("bind port \(port)") }
    }

    private static func port(of descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw self.failure("learn the port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func withAddress<T>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func failure(_ what: String) -> Broker.Failure {
        Broker.Failure(description: "the proxy cannot \(what): \(String(cString: strerror(errno)))")
    }

    private static let backlog: Int32 = 128
}

/// A pipe that wakes a thread out of a poll.
struct FaultProxyWakeUp: Sendable {
    /// What the poll waits for.
    let descriptor: Int32
    private let raising: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.descriptor = ends[0]
        self.raising = ends[1]
    }

    /// Wakes, and keeps awake until lowered.
    func raise() {
        var byte: UInt8 = 1
        _ = write(self.raising, &byte, 1)
    }

    /// Ends the waking.
    func lower() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(self.descriptor, &bytes, bytes.count) == bytes.count {}
    }

    /// Closes the pipe.
    func end() {
        close(self.descriptor)
        close(self.raising)
    }
}
