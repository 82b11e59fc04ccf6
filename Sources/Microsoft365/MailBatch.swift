import Foundation
import NIOHTTP1

/// Several calls in one HTTP request (Microsoft Graph, "Combine multiple requests using JSON batching").
struct MailBatch: Sendable {
    /// The most calls that Graph takes at once; one more and all are refused.
    static let sizeMax = 20

    let requests: [MailRequest]

    /// Whether its loss would leave anything in doubt.
    var isWrite: Bool { self.requests.contains(where: \.isWrite) }

    /// The body: entries named by their place.
    var body: JSONValue {
        .object(["requests": .array(self.requests.enumerated().map { $1.entry(id: String($0)) })])
    }

    /// What became of each request, in their order.
    ///
    /// Answers come in any order and are matched by id. One that is missing or cut says nothing: whether a write took
    /// effect is then open. Most entries have no request id of their own; the batch's stands for all of them.
    func outcomes(
        in answer: JSONValue,
        requestID: String?,
        tenant: UUID,
        now: Date
    ) -> [Result<MailReply, Microsoft365Error>] {
        var answers: [String: JSONValue] = [:]
        for entry in answer["responses"].array ?? [] {
            // Graph writes ids back as texts; a number is forgiven.
            guard let id = entry["id"].string ?? entry["id"].integer.map(String.init) else { continue }
            answers[id] = entry
        }
        return self.requests.enumerated().map { index, request in
            guard let entry = answers[String(index)] else { return .failure(request.lost(tenant: tenant)) }
            return request.outcome(of: entry, requestID: requestID, tenant: tenant, now: now)
        }
    }
}

extension MailRequest {
    /// That no answer came though the call was sent.
    func lost(tenant: UUID) -> Microsoft365Error {
        Microsoft365Error(
            self.isWrite ? .interrupted : .unavailable,
            operation: self.operation,
            tenant: tenant,
            isWrite: self.isWrite
        )
    }

    /// What an entry of the answer means.
    fileprivate func outcome(
        of entry: JSONValue,
        requestID: String?,
        tenant: UUID,
        now: Date
    ) -> Result<MailReply, Microsoft365Error> {
        guard let status = entry["status"].integer else { return .failure(self.lost(tenant: tenant)) }
        let headers = Self.headers(entry["headers"])
        let body = entry["body"]
        let requestID = headers["request-id"] ?? body["error"]["innerError"]["request-id"].string ?? requestID
        if (200..<300).contains(status) {
            return .success(MailReply(body: body, evidence: MailEvidence(at: now, requestID: requestID)))
        }
        let refusal = GraphRefusal(body)
        return .failure(
            Microsoft365Error(
                refusal.meaning(status: status, isWrite: self.isWrite),
                operation: self.operation,
                tenant: tenant,
                status: status,
                serviceCode: refusal.code,
                requestID: requestID,
                retryAfter: headers["retry-after"].flatMap { RetryAfter.duration($0, now: now) },
                isWrite: self.isWrite
            )
        )
    }

    /// The headers by their names in lower case; values may be written as numbers.
    private static func headers(_ value: JSONValue) -> [String: String] {
        (value.object ?? [:]).reduce(into: [:]) { headers, field in
            switch field.value {
            case .string(let text): headers[field.key.lowercased()] = text
            case .integer(let number): headers[field.key.lowercased()] = String(number)
            case .number(let number): headers[field.key.lowercased()] = String(number)
            case .null, .bool, .array, .object: break
            }
        }
    }
}
