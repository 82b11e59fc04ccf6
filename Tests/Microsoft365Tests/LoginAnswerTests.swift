import Foundation
import NIOHTTP1
import Testing

@testable import Microsoft365

@Suite("Answers of the login service")
struct LoginAnswerTests {
    private func refusal(_ numbers: [Int], error: String = "some_error") -> LoginRefusal {
        let codes = numbers.map(String.init).joined(separator: ",")
        return LoginRefusal(body: Data(#"{"error":"\#(error)","error_codes":[\#(codes)],"trace_id":"t"}"#.utf8))
    }

    @Test(
        "The number decides what a refusal means",
        arguments: [
            (7_000_215, .credentialsRejected), (7_000_222, .credentialsRejected), (700_027, .credentialsRejected),
            (700_030, .credentialsRejected), (50_012, .credentialsRejected), (700_024, .credentialsRejected),
            (700_016, .applicationNotConsented), (7_000_229, .applicationNotConsented),
            (65_001, .applicationNotConsented), (650_051, .applicationNotConsented),
            (90_094, .applicationNotConsented), (90_095, .applicationNotConsented),
            (70_001, .applicationDisabled), (7_000_112, .applicationDisabled),
            (650_052, .exchangeMissing), (500_011, .exchangeMissing),
            (650_056, .configurationRejected), (650_057, .configurationRejected), (900_023, .configurationRejected),
            (70_011, .configurationRejected), (9_001_023, .configurationRejected),
            (90_002, .tenantNotFound), (5_000_224, .tenantNotFound), (90_038, .wrongCloud), (900_382, .wrongCloud),
            (53_003, .accessBlockedByPolicy), (50_196, .throttled), (90_055, .throttled),
            (90_033, .unavailable), (90_006, .unavailable), (90_024, .unavailable),
            (123_456, .invalidRequest),
        ] as [(Int, Microsoft365Error.Code)]
    )
    func numbers(number: Int, expected: Microsoft365Error.Code) {
        #expect(self.refusal([number]).meaning(status: 400, resource: .exchange) == expected)
        #expect(self.refusal([1, number]).meaning(status: 401, resource: .exchange) == expected)
    }

    @Test(
        "Without a known number the OAuth error decides",
        arguments: [
            ("invalid_client", .credentialsRejected), ("unauthorized_client", .applicationNotConsented),
            ("temporarily_unavailable", .unavailable), ("invalid_scope", .configurationRejected),
            ("something_new", .invalidRequest),
        ] as [(String, Microsoft365Error.Code)]
    )
    func oauth(error: String, expected: Microsoft365Error.Code) {
        #expect(self.refusal([], error: error).meaning(status: 400, resource: .graph) == expected)
    }

    @Test("Throttling and server errors are said by the status, a foreign body is malformed")
    func statuses() {
        #expect(self.refusal([7_000_215]).meaning(status: 429, resource: .graph) == .throttled)
        #expect(LoginRefusal(body: Data("<html>".utf8)).meaning(status: 502, resource: .graph) == .unavailable)
        #expect(LoginRefusal(body: Data("<html>".utf8)).meaning(status: 400, resource: .graph) == .malformedAnswer)
        #expect(self.refusal([500_011]).meaning(status: 400, resource: .graph) == .configurationRejected)
    }

    @Test("Only a consent or a certificate on its way makes a refusal worth another try")
    func retryable() {
        let answer = ServiceAnswer(status: 400, headers: ["x-ms-request-id": "r"], body: Data())
        func error(_ number: Int) -> Microsoft365Error {
            self.refusal([number]).error(operation: "login.token", tenant: UUID(), resource: .graph, answer: answer)
        }
        for number in [700_016, 7_000_229, 650_051, 700_027, 90_033] { #expect(error(number).isRetryable) }
        for number in [7_000_215, 65_001, 53_003, 90_002, 650_052] { #expect(!error(number).isRetryable) }
        #expect(error(7_000_215).serviceCode == "AADSTS7000215")
        #expect(error(7_000_215).requestID == "t")
        #expect(error(50_196).retryAfter == .seconds(60))
    }

    @Test(
        "A token answer needs a token and a lifetime",
        arguments: [
            (#"{"access_token":"abc","expires_in":3599,"token_type":"Bearer"}"#, 3_599),
            (#"{"access_token":"abc","expires_in":"3599"}"#, 3_599),
            (#"{"access_token":"abc","expires_in":-1}"#, 0),
            (#"{"access_token":"abc","expires_in":999999999}"#, 86_400),
            (#"{"access_token":"","expires_in":3599}"#, nil),
            (#"{"access_token":"a\r\nHost: evil","expires_in":3599}"#, nil),
            (#"{"access_token":"abc"}"#, nil),
            ("", nil),
            ("\u{0}\u{0}", nil),
            ("<html>", nil),
        ] as [(String, Int?)]
    )
    func tokens(body: String, seconds: Int?) {
        let answer = LoginAnswer(body: Data(body.utf8), resource: .graph)
        #expect(answer?.lifetime == seconds.map { .seconds($0) })
    }
}
