@testable import AMQP
import Foundation
import TestSupport
import Testing

@Suite("Logging in", .timeLimit(.minutes(2)))
struct LoginTests {
    @Test("The broker tells its version and knows our capabilities")
    func properties() async throws {
        try await withConnection { connection in
            #expect(connection.brokerVersion.split(separator: ".").count >= 2)
            #expect(connection.serverProperties["product"]?.text == "RabbitMQ")
            #expect(!connection.isBlocked)
            #expect(!connection.hasEnded)
            #expect(connection.heartbeat == .seconds(10), "the broker wants a longer one")
            #expect(connection.lastFrameAge < .seconds(60))
        }
    }

    @Test("A wrong password is refused with 403")
    func wrongPassword() async throws {
        var options = try await Broker.shared().options()
        options.credentials = .plain(user: "guest", password: "wrong")
        let error = await failure { [options] () throws(AMQPError) in _ = try await Connection.open(options) }
        #expect(error?.code == .refused)
        #expect(error?.replyCode == 403)
        #expect(error?.isRetryable == false)
        #expect(error?.description.contains("wrong") == false)
    }

    @Test("An unknown virtual host is refused with 530")
    func unknownVirtualHost() async throws {
        var options = try await Broker.shared().options()
        options.virtualHost = "nowhere"
        let error = await failure { [options] () throws(AMQPError) in _ = try await Connection.open(options) }
        #expect(error?.code == .refused)
        #expect(error?.replyCode == 530)
    }

    @Test("A port where nobody listens is unreachable")
    func closedPort() async throws {
        let listener = try Listener { _ in }
        let port = listener.port
        listener.close()
        let error = await failure { () throws(AMQPError) in _ = try await Connection.open(local(port)) }
        #expect(error?.code == .unreachable)
        #expect(error?.isRetryable == true)
    }

    @Test("A peer that says nothing is given up after the connect timeout")
    func silentPeer() async throws {
        let listener = try Listener { _ in }
        defer { listener.close() }
        var options = local(listener.port)
        options.connectTimeout = .milliseconds(500)
        let start = ContinuousClock.now
        let error = await failure { [options] () throws(AMQPError) in _ = try await Connection.open(options) }
        #expect(error?.code == .unreachable)
        #expect(start.duration(to: .now) < .seconds(30))
    }

    @Test("A peer that speaks another protocol is unreachable")
    func wrongProtocol() async throws {
        let listener = try Listener { descriptor in
            let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
            _ = answer.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        }
        defer { listener.close() }
        let error = await failure { () throws(AMQPError) in _ = try await Connection.open(local(listener.port)) }
        #expect(error?.code == .unreachable)
    }

    @Test("Unusable options are refused without a connection")
    func invalidOptions() async throws {
        var options = local(1)
        options.frameSizeMax = 4096
        let error = await failure { [options] () throws(AMQPError) in _ = try await Connection.open(options) }
        #expect(error?.code == .invalid)
    }

    @Test("After closing, everything refuses and the end is told")
    func closed() async throws {
        let connection = try await Broker.shared().connect()
        async let end = connection.waitUntilClosed()
        await connection.close()
        await connection.close()
        #expect(await end.code == .closed)
        #expect(await connection.waitUntilClosed().code == .closed)
        #expect(connection.hasEnded)
        let check = await failure { () throws(AMQPError) in _ = try await connection.checkQueue("x") }
        #expect(check?.code == .closed)
        let publish = await failure { () throws(AMQPError) in
            try await connection.publish(Message(text: "x"), to: .queue("x"), mandatory: true)
        }
        #expect(publish?.code == .closed)
    }

    @Test("Waiting for the end can be cancelled")
    func cancelledWait() async throws {
        try await withConnection { connection in
            // Cancelled in the next line, which is what is tested.
            let wait = Task { await connection.waitUntilClosed() }
            wait.cancel()
            #expect(await wait.value.code == .timedOut)
        }
    }

    @Test("A connection that is dropped without a close leaves no thread behind")
    func dropped() async throws {
        weak var dropped: Connection?
        do {
            let connection = try await Broker.shared().connect()
            dropped = connection
            _ = connection.brokerVersion
        }
        try await eventually("the release of the connection") { dropped == nil }
    }

    private func local(_ port: UInt16) -> ConnectionOptions {
        ConnectionOptions(host: "127.0.0.1", port: port, credentials: .plain(user: "u", password: "p"))
    }
}

/// A TCP listener that accepts on a thread of its own and keeps what it accepted open.
private final class Listener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init(onAccept: @escaping @Sendable (Int32) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isBound else { throw Broker.Failure(description: "no listener on 127.0.0.1") }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while case let accepted = accept(descriptor, nil, nil), accepted >= 0 { onAccept(accepted) }
        }
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }
}
