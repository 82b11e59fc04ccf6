import Foundation
import Testing

@testable import Microsoft365

@Suite("Refusals of Graph")
struct GraphRefusalTests {
    private static func body(_ code: String, detail: String? = nil) -> String {
        let details = detail.map { #","details":[{"code":"\#($0)","message":"m"}]"# } ?? ""
        return #"{"error":{"code":"\#(code)","message":"m"\#(details),"innerError":{"date":"d"}}}"#
    }

    @Test(
        "Status and codes decide",
        arguments: [
            (400, body("Request_BadRequest"), false, .invalidRequest),
            (400, body("Request_BadRequest", detail: "ConflictingObjects"), true, .alreadyExists),
            (401, body("InvalidAuthenticationToken"), false, .unauthorized),
            (403, body("Authorization_RequestDenied"), false, .forbidden),
            (404, body("Request_ResourceNotFound"), false, .notFound),
            (404, "", false, .malformedAnswer),
            (404, "<html>not found</html>", true, .malformedAnswer),
            (408, "", false, .unavailable),
            (408, "", true, .interrupted),
            (409, body("Request_MultipleObjectsWithSameKeyValue"), true, .alreadyExists),
            (429, body("TooManyRequests"), true, .throttled),
            (500, "", false, .unavailable),
            (500, "", true, .interrupted),
            (503, body("ServiceUnavailable"), false, .unavailable),
            (503, body("ServiceUnavailable"), true, .interrupted),
            (504, "\u{0}\u{0}", true, .interrupted),
            (302, "", false, .malformedAnswer),
        ] as [(Int, String, Bool, Microsoft365Error.Code)]
    )
    func meaning(status: Int, body: String, isWrite: Bool, expected: Microsoft365Error.Code) {
        #expect(GraphRefusal(body: Data(body.utf8)).meaning(status: status, isWrite: isWrite) == expected)
    }
}
