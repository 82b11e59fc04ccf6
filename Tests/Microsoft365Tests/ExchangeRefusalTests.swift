import Foundation
import Testing

@testable import Microsoft365

@Suite("Refusals of Exchange administration")
struct ExchangeRefusalTests {
    /// The whole envelope, or one of its two blocks left out.
    private static func body(
        _ type: String,
        text: String = "Etwas ist schiefgegangen.",
        code: String = "BadRequest",
        hasDetails: Bool = true,
        hasInner: Bool = true
    ) -> String {
        let message = "Ex6F9304|\(type)|\(text)"
        let details = hasDetails ? #","details":[{"code":"Client","target":"","message":"\#(message)"}]"# : ""
        let inner = #","innererror":{"message":"m","internalexception":{"message":"\#(text)","type":"\#(type)"}}"#
        return #"{"error":{"code":"\#(code)","message":"Invalid Operation"\#(details)\#(hasInner ? inner : "")}}"#
    }

    private static let missing = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    private static let dehydration =
        "To run this command, you first need to run the command: Enable-OrganizationCustomization."

    @Test(
        "The exception's type decides, wherever it stands",
        arguments: [
            (body(missing), false, .notFound),
            (body(missing, hasInner: false), false, .notFound),
            (body(missing, hasDetails: false), false, .notFound),
            (body("X.Y", code: "NotFound", hasDetails: false, hasInner: false), false, .notFound),
            (body("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"), true, .alreadyExists),
            (body("A.ObjectAlreadyExistsException", hasInner: false), true, .alreadyExists),
            (#"{"error":{"code":"BadRequest","message":"'X' already exists."}}"#, true, .alreadyExists),
            (#"{"error":{"code":"BadRequest","message":"'X' already exists."}}"#, false, .invalidRequest),
            (body("A.B", text: "'X' already exists."), true, .invalidRequest),
            (body("System.Management.Automation.AmbiguousParameterSetException"), true, .invalidRequest),
            (body("Microsoft.Exchange.Configuration.Tasks.ParameterTransformationException"), true, .invalidRequest),
            (body("A.InvalidOperationInDehydratedContextException"), true, .organizationDehydrated),
            (body("A.OtherException", text: dehydration), true, .organizationDehydrated),
            (body("A.B", text: "Fehler EX505293"), true, .connectorCreationRefused),
            (body("CmdletProxyNotAvailableFailure"), true, .unavailable),
            (body("A.ServerBusyException", hasInner: false), true, .unavailable),
            (body("A.TransientException"), false, .unavailable),
            (body("A.TransientException"), true, .interrupted),
            (body("A.BackendCommunicationException"), true, .interrupted),
            (body("A.NeverSeenException"), true, .invalidRequest),
            ("", true, .invalidRequest),
        ] as [(String, Bool, Microsoft365Error.Code)]
    )
    func meaning(body: String, isWrite: Bool, expected: Microsoft365Error.Code) {
        #expect(ExchangeRefusal(body: Data(body.utf8)).meaning(status: 400, isWrite: isWrite) == expected)
    }

    @Test(
        "Refused tokens, throttling and server errors are said by the status, even when the body is NUL bytes",
        arguments: [
            (401, false, .unauthorized), (403, false, .forbidden), (403, true, .forbidden),
            (404, false, .malformedAnswer),
            (429, true, .throttled), (500, false, .unavailable), (500, true, .interrupted), (503, true, .interrupted),
        ] as [(Int, Bool, Microsoft365Error.Code)]
    )
    func nulBytes(status: Int, isWrite: Bool, expected: Microsoft365Error.Code) {
        let refusal = ExchangeRefusal(body: Data(repeating: 0, count: 2_048))
        #expect(refusal.meaning(status: status, isWrite: isWrite) == expected)
        #expect(refusal.exception == nil)
    }

    @Test("Only the last part of the type is kept, and a message without bars gives none")
    func exception() {
        let refusal = ExchangeRefusal(body: Data(Self.body(Self.missing).utf8))
        #expect(refusal.exception == "ManagementObjectNotFoundException")
        let plain = #"{"error":{"code":"BadRequest","message":"m","details":[{"message":"no bars here"}]}}"#
        #expect(ExchangeRefusal(body: Data(plain.utf8)).exception == nil)
    }
}
