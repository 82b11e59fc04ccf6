import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// One HTTP listener on 127.0.0.1, for one service.
struct Listener: Service {
    let service: ServiceName
    /// 0 lets the system choose.
    let port: Int
    let deliver: @Sendable (Call) async -> Delivery
    /// Told the port once it listens.
    let onListening: @Sendable (Int) -> Void

    /// Larger bodies are refused with 413.
    private static let largestBody = 2 * 1024 * 1024

    /// Serves until it is shut down or cancelled.
    func run() async throws {
        var quiet = Logger(label: "simulator.\(service.rawValue)")
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<Connection>(callback: respond),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in self.onListening(channel.localAddress?.port ?? 0) },
            logger: quiet
        )
        try await application.run()
    }

    private func respond(_ request: Request, _ connection: Connection) async throws -> Response {
        guard let body = try? await request.body.collect(upTo: Listener.largestBody) else {
            return Response(status: .contentTooLarge)
        }
        switch await deliver(call(request, Data(body.readableBytesView))) {
        case .reply(let reply): return response(reply)
        case .drop:
            // The client must see a cut connection, not an error document; a close that fails is already closed.
            try? await connection.channel.close()
            return Response(status: .serviceUnavailable)
        }
    }

    private func call(_ request: Request, _ body: Data) -> Call {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        return Call(
            service: service,
            method: request.method.rawValue,
            target: request.head.path ?? "/",
            baseURL: "http://" + (request.head.authority ?? "127.0.0.1"),
            headers: headers,
            body: body
        )
    }

    private func response(_ reply: Reply) -> Response {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .init(code: reply.status),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }
}

/// A request's context that knows its connection, so that a fault can cut it.
private struct Connection: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
