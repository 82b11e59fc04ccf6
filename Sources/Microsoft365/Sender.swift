import AsyncHTTPClient
import Foundation
import Logging
import NIOHTTP1
import Tracing

/// Sends every call to Graph and Exchange: token, deadline, bounds, a new token after a 401, repetition of reads.
struct Sender: Sendable {
    let tenant: UUID
    let login: Login
    let limits: RequestLimits
    let transport: Transport
    let logger: Logger
    let ids = RequestIDs()

    /// The answer to a call, always a success (2xx); anything else is thrown as what it means.
    func send(_ call: ServiceCall) async throws(Microsoft365Error) -> ServiceAnswer {
        try await ReadRetry(limits: self.limits).run(call.operation) { () async throws(Microsoft365Error) in
            let answer = try await self.answer(to: call)
            guard answer.isSuccess else { throw Self.refusal(of: call, answer) }
            return answer
        }
    }

    /// Asks once, and once more with a new token when the service does not accept the first one.
    ///
    /// Safe for writes too: a 401 is said before anything is done.
    private func answer(to call: ServiceCall) async throws(Microsoft365Error) -> ServiceAnswer {
        let token = try await self.login.token(for: call.resource)
        let answer = try await self.exchange(call, token)
        guard answer.status == 401 else { return answer }
        await self.login.forget(token)
        return try await self.exchange(call, try await self.login.token(for: call.resource))
    }

    private func exchange(_ call: ServiceCall, _ token: AccessToken) async throws(Microsoft365Error) -> ServiceAnswer {
        let span = startSpan(call.operation, ofKind: .client)
        defer { span.end() }
        do throws(TransportFailure) {
            var request = call.request(token: token, id: self.ids.next())
            InstrumentationSystem.tracer.inject(span.context, into: &request.headers, using: TraceHeaders())
            let answer = try await self.transport.exchange(
                request,
                within: call.time,
                bytesMax: self.limits.answerBytesMax
            )
            self.note(call, answer, in: span)
            self.log(call, answer)
            return answer
        } catch {
            span.setStatus(SpanStatus(code: .error))
            throw call.failure(error)
        }
    }

    /// Method, host and status by OpenTelemetry's semantic conventions for HTTP clients; never the path or the query.
    private func note(_ call: ServiceCall, _ answer: ServiceAnswer, in span: any Span) {
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes["http.request.method"] = call.method.rawValue
            attributes["server.address"] = URL(string: call.url)?.host()
            attributes["http.response.status_code"] = answer.status
            attributes["microsoft.request_id"] = answer.requestID
        }
        if !answer.isSuccess { span.setStatus(SpanStatus(code: .error)) }
    }

    private func log(_ call: ServiceCall, _ answer: ServiceAnswer) {
        self.logger.debug(
            "Microsoft 365 answered",
            metadata: [
                "operation": "\(call.operation)",
                "tenant": "\(call.tenant.uuidString.lowercased())",
                "status": "\(answer.status)",
                "request_id": "\(answer.requestID ?? "-")",
            ]
        )
    }

    private static func refusal(of call: ServiceCall, _ answer: ServiceAnswer) -> Microsoft365Error {
        switch call.resource {
        case .graph: GraphRefusal(answer).error(of: call, answer)
        case .exchange: ExchangeRefusal(answer).error(of: call, answer)
        }
    }
}

/// Carries trace context on a request.
private struct TraceHeaders: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout HTTPHeaders) {
        carrier.replaceOrAdd(name: key, value: value)
    }
}
