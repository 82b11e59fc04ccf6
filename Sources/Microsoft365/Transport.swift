import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The HTTP connections of a process, shared by all tenants.
///
/// Make one, and shut it down before letting it go. Redirects are not followed: a token must not travel to another host.
package final class Transport: Sendable {
    private let client: HTTPClient

    /// Opens nothing yet.
    package init() {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = Self.connectTime
        // Whether to try again is decided per call, by what the call does, not below it.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Spans are made per call, by its name: an address may hold what must not leave, such as a message's id.
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = Self.dropWhatIsUnsent
        configuration.http2ConnectionDebugInitializer = Self.dropWhatIsUnsent
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections; calls in flight fail.
    package func shutdown() async throws(Microsoft365Error) {
        do {
            try await self.client.shutdown()
        } catch {
            // The only cause is a second shutdown: the composition root's mistake, harmless to the service.
            throw Microsoft365Error(.invalidRequest, operation: "transport.shutdown")
        }
    }

    /// Sends one request once and reads its whole answer.
    ///
    /// `time` runs from connecting to the last byte; an answer longer than `bytesMax` is not read to its end.
    func exchange(
        _ request: HTTPClientRequest,
        within time: Duration,
        bytesMax: Int
    ) async throws(TransportFailure) -> ServiceAnswer {
        do {
            return try await withThrowingTaskGroup { group in
                group.addTask { try await self.answer(to: request, within: time, bytesMax: bytesMax) }
                group.addTask {
                    try await Task.sleep(for: time, clock: .continuous)
                    throw TransportFailure.lost
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw TransportFailure.lost }
                return answer
            }
        } catch {
            throw Task.isCancelled ? TransportFailure.cancelled : TransportFailure(error)
        }
    }

    private func answer(
        to request: HTTPClientRequest,
        within time: Duration,
        bytesMax: Int
    ) async throws -> ServiceAnswer {
        let response = try await self.client.execute(request, deadline: .now() + TimeAmount(time))
        let body = try await response.body.collect(upTo: bytesMax)
        // A cancelled read may end early without an error; what it gave must not pass for an answer.
        try Task.checkCancellation()
        return ServiceAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Data(body.readableBytesView)
        )
    }

    /// Lets nothing that was written outlive its connection (SO_LINGER with 0 seconds, socket(7)).
    ///
    /// The kernel of a host that has lost its network would otherwise keep a change after its process has ended, and hand it over
    /// when the network is back: long after another worker has taken the job. A socket that is gone already needs nothing.
    @Sendable private static func dropWhatIsUnsent(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).recover { _ in }
    }

    /// The longest wait for a connection; shorter than any call's time, so that its end means: nothing was sent.
    private static let connectTime = TimeAmount.seconds(10)
}

/// Why there is no answer.
enum TransportFailure: Error, Equatable {
    /// No connection was made, so nothing was sent.
    case notSent
    /// The request may have been sent; its answer is missing or cut.
    case lost
    /// The answer is longer than the bound.
    case tooLarge
    /// The caller's task was cancelled; the request may have been sent.
    case cancelled

    /// Judges an error of the HTTP client: only what surely happened before sending is `notSent`.
    init(_ error: any Error) {
        switch error {
        case let failure as TransportFailure: self = failure
        case is NIOTooManyBytesError: self = .tooLarge
        case is CancellationError: self = .cancelled
        case is NIOConnectionError: self = .notSent
        case let failure as HTTPClientError: self = Self.beforeSending.contains(failure) ? .notSent : .lost
        case let failure as IOError: self = Self.noWay.contains(failure.errnoCode) ? .notSent : .lost
        default: self = .lost
        }
    }

    private static let beforeSending: [HTTPClientError] = [
        .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .alreadyShutdown, .invalidURL, .emptyHost,
    ]
    private static let noWay: [CInt] = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH]
}

/// What a service answered, unjudged.
struct ServiceAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: Data

    var isSuccess: Bool { (200..<300).contains(self.status) }

    /// The service's id of the request: Graph and Exchange say `request-id`, login says `x-ms-request-id`.
    var requestID: String? { self.headers.first(name: "request-id") ?? self.headers.first(name: "x-ms-request-id") }

    /// How long the service asks to be left alone.
    func retryAfter(now: Date) -> Duration? {
        self.headers.first(name: "retry-after").flatMap { RetryAfter.duration($0, now: now) }
    }
}
