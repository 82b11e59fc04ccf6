import AsyncHTTPClient
import Foundation
import NIOHTTP1

/// One call as the services want it, without its token.
struct ServiceCall: Sendable {
    /// Its name in errors and logs.
    let operation: String
    /// The tenant it is for.
    let tenant: UUID
    /// Whose token it wants.
    let resource: Resource
    /// True when it changes something, which the method does not tell: Exchange reads by POST.
    let isWrite: Bool
    let method: HTTPMethod
    let url: String
    var headers: [(name: String, value: String)] = []
    var body: Data?
    /// The longest wait for its answer.
    let time: Duration

    /// The same call to another address, for the next page.
    func following(_ link: String) -> ServiceCall {
        ServiceCall(
            operation: self.operation,
            tenant: self.tenant,
            resource: self.resource,
            isWrite: self.isWrite,
            method: self.method,
            url: link,
            headers: self.headers,
            body: self.body,
            time: self.time
        )
    }

    /// The request on the wire; `id` is what the service's support finds it by.
    func request(token: AccessToken, id: UUID) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: self.url)
        request.method = self.method
        for header in self.headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "Authorization", value: "Bearer \(token.value)")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "client-request-id", value: id.uuidString.lowercased())
        if let body { request.body = .bytes(body) }
        return request
    }

    /// An error of this call, with what an answer tells about it.
    func failure(
        _ code: Microsoft365Error.Code,
        answer: ServiceAnswer? = nil,
        serviceCode: String? = nil
    ) -> Microsoft365Error {
        Microsoft365Error(
            code,
            operation: self.operation,
            tenant: self.tenant,
            status: answer?.status,
            serviceCode: serviceCode,
            requestID: answer?.requestID,
            retryAfter: answer?.retryAfter(now: Date()),
            isWrite: self.isWrite
        )
    }

    /// What it means for this call that there is no answer.
    func failure(_ failure: TransportFailure) -> Microsoft365Error {
        switch failure {
        case .notSent: self.failure(.unreachable)
        case .lost: self.failure(self.isWrite ? .interrupted : .unavailable)
        case .tooLarge: self.failure(self.isWrite ? .interrupted : .answerTooLarge)
        case .cancelled: self.failure(self.isWrite ? .interrupted : .cancelled)
        }
    }

    /// What an answer that should have been a success and is not one of ours means for this call.
    func malformed(_ answer: ServiceAnswer) -> Microsoft365Error {
        self.failure(self.isWrite ? .interrupted : .malformedAnswer, answer: answer)
    }
}
