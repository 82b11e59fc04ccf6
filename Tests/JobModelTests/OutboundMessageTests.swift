import Foundation
import Testing

@testable import JobModel

@Suite("Messages that wait in the ledger")
struct OutboundMessageTests {
    @Test("Numbers and texts of headers keep their kind", arguments: [HeaderValue.number(-3), .text("3"), .text("")])
    func keepsKind(value: HeaderValue) throws {
        let written = try JSONEncoder().encode(["x": value])
        #expect(try JSONDecoder().decode([String: HeaderValue].self, from: written) == ["x": value])
    }
}
