import Foundation
import Testing

@testable import Microsoft365

@Suite("Refusals of Graph")
struct GraphRefusalTests {
    private static func body(_ code: String, detail: String? = nil, text: String = "m") -> String {
        let details = detail.map { #","details":[{"code":"\#($0)","message":"m"}]"# } ?? ""
        return #"{"error":{"code":"\#(code)","message":"\#(text)"\#(details),"innerError":{"date":"d"}}}"#
    }

    private static func bad(_ text: String) -> String { self.body("Request_BadRequest", text: text) }

    @Test(
        "Status and codes decide",
        arguments: [
            (400, body("Request_BadRequest"), false, .invalidRequest),
            (400, body("Request_BadRequest", detail: "ConflictingObjects"), true, .alreadyExists),
            (400, body("Request_BadRequest", detail: "conflictingObjects"), true, .alreadyExists),
            (400, body("Request_BadRequest", detail: "ObjectConflict"), true, .alreadyExists),
            (400, bad("Permission being assigned already exists on the object"), true, .alreadyExists),
            (400, bad("A conflicting object with one or more of the values is present."), true, .alreadyExists),
            (400, bad("The filter already exists twice."), false, .invalidRequest),
            (400, bad("Permission was not found on the application."), true, .invalidRequest),
            (409, body("ErrorFolderExists"), true, .alreadyExists),
            (400, body("ErrorFolderExists"), true, .alreadyExists),
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
