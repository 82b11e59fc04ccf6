import Foundation
import Testing

@testable import Microsoft365

@Suite("Errors")
struct Microsoft365ErrorTests {
    @Test("An error is one sentence with evidence and advice", arguments: Microsoft365Error.Code.allCases)
    func sentence(code: Microsoft365Error.Code) {
        let error = Microsoft365Error(
            code,
            operation: "graph.domains",
            tenant: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
            status: 403,
            serviceCode: "Authorization_RequestDenied",
            requestID: "r-1"
        )
        let text = error.description
        #expect(text.hasPrefix("graph.domains for tenant 01020304-0506-0708-090a-0b0c0d0e0f10 failed: "))
        #expect(text.contains("(HTTP 403, Authorization_RequestDenied, request r-1); "))
        #expect(text.hasSuffix("\(error.advice)."))
        #expect(!text.contains("\n"))
        #expect(!error.advice.isEmpty && !error.advice.hasSuffix("."))
    }

    @Test("What a service sends cannot bring control characters or endless text into a log")
    func tamed() {
        let error = Microsoft365Error(
            .unavailable,
            operation: "graph.domains",
            serviceCode: "Bad\u{1B}[31m Code\n" + String(repeating: "x", count: 500),
            requestID: "a b\r\nc"
        )
        #expect(error.serviceCode?.hasPrefix("Bad31mCodexxx") == true)
        #expect(error.serviceCode?.count == 100)
        #expect(error.requestID == "abc")
    }

    @Test("Only a write can be in doubt")
    func ambiguous() {
        #expect(Microsoft365Error(.interrupted, operation: "x", isWrite: true).isAmbiguous)
        #expect(!Microsoft365Error(.interrupted, operation: "x").isAmbiguous)
        #expect(!Microsoft365Error(.throttled, operation: "x", isWrite: true).isAmbiguous)
        #expect(!Microsoft365Error(.unreachable, operation: "x", isWrite: true).isAmbiguous)
    }
}
