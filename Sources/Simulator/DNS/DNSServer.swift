import NIOCore
import NIOPosix

/// DNS on loopback, UDP and TCP on one port, for one view.
struct DNSServer: Sendable {
    let port: Int
    private let channels: [any Channel]

    /// How often a free port is looked for that is free for both.
    private static let triesMax = 20

    /// Listens; port 0 lets the system choose.
    static func start(_ view: DNSView, port: Int, names: NameTable) async throws(SimulatorError) -> DNSServer {
        var reason = ""
        for _ in 0..<triesMax {
            do {
                return try await listen(view, port, names)
            } catch {
                reason = "\(error)"
                if port != 0 { break }
            }
        }
        throw SimulatorError(code: .cannotListen, detail: "DNS: \(reason)")
    }

    /// Closes both sockets.
    func stop() async {
        // A socket that does not close is closed already.
        for channel in channels { try? await channel.close() }
    }

    private static func listen(_ view: DNSView, _ port: Int, _ names: NameTable) async throws -> DNSServer {
        let group = MultiThreadedEventLoopGroup.singleton
        let tcp = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DNSStreamHandler(view: view, names: names))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        let chosen = tcp.localAddress?.port ?? port
        do {
            let udp = try await DatagramBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DNSDatagramHandler(view: view, names: names))
                    }
                }
                .bind(host: "127.0.0.1", port: chosen).get()
            return DNSServer(port: chosen, channels: [tcp, udp])
        } catch {
            try await tcp.close()
            throw error
        }
    }
}

/// One question a datagram.
private final class DNSDatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let view: DNSView
    private let names: NameTable

    init(view: DNSView, names: NameTable) {
        self.view = view
        self.names = names
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let question = DNSMessage(Array(envelope.data.readableBytesView)),
            let answer = names.answer(question, view: view, isTCP: false)
        else { return }
        let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }

    // A datagram that could not be sent is lost, as datagrams are; the socket goes on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Questions with their length in front (RFC 1035, 4.2.2).
private final class DNSStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let view: DNSView
    private let names: NameTable
    private var pending = ByteBuffer()

    init(view: DNSView, names: NameTable) {
        self.view = view
        self.names = names
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        pending.writeBuffer(&part)
        while let question = nextQuestion() {
            guard let message = DNSMessage(question) else { return context.close(promise: nil) }
            guard let answer = names.answer(message, view: view, isTCP: true) else { continue }
            let reply = ByteBuffer(bytes: DNSMessage.bytes(UInt16(clamping: answer.count)) + answer)
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }
        pending.discardReadBytes()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func nextQuestion() -> [UInt8]? {
        guard let length = pending.getInteger(at: pending.readerIndex, as: UInt16.self),
            pending.readableBytes >= Int(length) + 2
        else { return nil }
        pending.moveReaderIndex(forwardBy: 2)
        return pending.readBytes(length: Int(length))
    }
}
