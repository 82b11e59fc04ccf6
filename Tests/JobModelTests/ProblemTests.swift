import Foundation
import Testing

@testable import JobModel

@Suite("A problem speaks to people and programs")
struct ProblemTests {
    @Test("It is written whole and read by its code", arguments: ProblemCode.allCases)
    func travels(code: ProblemCode) throws {
        let problem = Problem(code, "The connector \"x\"\nis in the way.")
        let written = try JSONEncoder().encode(problem)
        #expect(try JSONDecoder().decode(Problem.self, from: written) == problem)
        let members = try #require(try JSONSerialization.jsonObject(with: written) as? [String: Any])
        #expect(Set(members.keys) == ["code", "title", "detail", "retryable", "advice"])
        #expect(members["retryable"] as? Bool == (code.reaction == .retry))
        #expect(problem.description.hasPrefix("\(code.rawValue): "))
    }

    @Test("A long detail is cut by Unicode scalars, as JSON Schema counts")
    func cuts() {
        let detail = Problem(.internalError, String(repeating: "e\u{301}", count: 2_000)).detail
        #expect(detail.unicodeScalars.count == Problem.detailLengthMax)
    }
}
