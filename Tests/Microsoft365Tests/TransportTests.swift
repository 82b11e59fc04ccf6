import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import Microsoft365

@Suite("Transport")
struct TransportTests {
    /// Answers every connection with fixed bytes, or takes the request and says nothing, on a loopback port.
    private struct RawServer {
        let channel: any Channel

        init(answer: String?, closes: Bool) async throws {
            self.channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .childChannelInitializer { channel in
                    channel.pipeline.addHandler(Answerer(answer: answer, closes: closes))
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        var url: String { "http://127.0.0.1:\(self.channel.localAddress?.port ?? 0)/" }

        func close() async throws { try await self.channel.close() }
    }

    private final class Answerer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let answer: String?
        private let closes: Bool

        init(answer: String?, closes: Bool) {
            self.answer = answer
            self.closes = closes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let answer { context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil) }
            if self.closes { context.close(promise: nil) }
        }
    }

    private func outcome(
        of url: String,
        within time: Duration = .seconds(20),
        bytesMax: Int = 1_024
    ) async throws -> Result<ServiceAnswer, TransportFailure> {
        let transport = Transport()
        let result: Result<ServiceAnswer, TransportFailure>
        do throws(TransportFailure) {
            result = .success(
                try await transport.exchange(HTTPClientRequest(url: url), within: time, bytesMax: bytesMax)
            )
        } catch {
            result = .failure(error)
        }
        try await transport.shutdown()
        return result
    }

    private func outcome(ofAnswer answer: String?, closes: Bool, within time: Duration = .seconds(20)) async throws
        -> Result<ServiceAnswer, TransportFailure>
    {
        let server = try await RawServer(answer: answer, closes: closes)
        let result = try await self.outcome(of: server.url, within: time)
        try await server.close()
        return result
    }

    private func failure(_ result: Result<ServiceAnswer, TransportFailure>) -> TransportFailure? {
        guard case .failure(let failure) = result else { return nil }
        return failure
    }

    @Test("A refused connection means that nothing was sent")
    func refused() async throws {
        let server = try await RawServer(answer: nil, closes: true)
        let url = server.url
        try await server.close()
        #expect(self.failure(try await self.outcome(of: url)) == .notSent)
    }

    @Test("A host without an address means that nothing was sent")
    func unknownHost() async throws {
        #expect(self.failure(try await self.outcome(of: "http://does-not-exist.invalid/")) == .notSent)
    }

    @Test("A connection closed instead of an answer leaves the answer lost")
    func closed() async throws {
        #expect(self.failure(try await self.outcome(ofAnswer: nil, closes: true)) == .lost)
    }

    @Test("A cut body is no answer")
    func cut() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"value\":[]}"
        #expect(self.failure(try await self.outcome(ofAnswer: answer, closes: true)) == .lost)
    }

    @Test("A body that never ends is lost when its time is up")
    func slow() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
        let result = try await self.outcome(ofAnswer: answer, closes: false, within: .milliseconds(200))
        #expect(self.failure(result) == .lost)
    }

    @Test("An answer longer than the bound is not read to its end", arguments: ["Content-Length: 2000\r\n", ""])
    func tooLarge(header: String) async throws {
        let body = String(repeating: "x", count: 2_000)
        let answer = "HTTP/1.1 200 OK\r\n\(header)Connection: close\r\n\r\n\(body)"
        #expect(self.failure(try await self.outcome(ofAnswer: answer, closes: true)) == .tooLarge)
    }

    @Test("A redirect is not followed")
    func redirect() async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        let result = try await self.outcome(ofAnswer: answer, closes: false)
        #expect(try result.get().status == 302)
    }

    @Test("Cancelling ends the wait at once")
    func cancelled() async throws {
        let server = try await RawServer(answer: nil, closes: false)
        let transport = Transport()
        let url = server.url
        let failure = await withTaskGroup(of: TransportFailure?.self) { group in
            group.addTask {
                do throws(TransportFailure) {
                    _ = try await transport.exchange(
                        HTTPClientRequest(url: url),
                        within: .seconds(60),
                        bytesMax: 1_024
                    )
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(failure == .cancelled)
        try await transport.shutdown()
        try await server.close()
    }
}
