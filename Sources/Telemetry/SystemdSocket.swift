import Glibc

/// Speaks to systemd by the protocol of sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names.
///
/// Started by anything else, it says nothing.
package struct SystemdSocket: Sendable {
    private let socket: String
    /// How often the watchdog wants to hear from us; nil when there is none.
    package let watchdog: Duration?

    /// Takes what the service manager put into the environment; nil when there is none.
    ///
    /// WATCHDOG_USEC holds for the process that WATCHDOG_PID names, where that is set (sd_watchdog_enabled(3)).
    package init?(environment: [String: String], pid: Int32) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.first == "/" || socket.first == "@" else { return nil }
        self.socket = socket
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(pid) } ?? true
        let limit = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        self.watchdog = isOurs ? limit.map { .microseconds($0) } : nil
    }

    /// What there is to say.
    package enum Word: Sendable, Equatable {
        /// The service does its work.
        case ready
        /// It has begun to leave.
        case stopping
        /// It lives.
        case alive
        /// How it is, in a few words.
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            case .status(let words): "STATUS=\(words.split(whereSeparator: \.isNewline).joined(separator: " "))"
            }
        }
    }

    /// Says it; a service manager that does not listen is no reason to stop work.
    ///
    /// False when it could not be sent.
    @discardableResult
    package func tell(_ words: Word...) -> Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(self.socket.utf8)
        // A name in the abstract namespace begins with a zero byte, written as @ (unix(7)).
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.count < room else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = MemoryLayout<sockaddr_un>.size - room + path.count
        let text = Array(words.map(\.text).joined(separator: "\n").utf8)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length)) == text.count
            }
        }
    }
}
