import Testing

@testable import JobModel

@Suite("The list of problem codes")
struct ProblemCodeTests {
    @Test("Every code has a name, a title and an advice fit to be shown", arguments: ProblemCode.allCases)
    func isComplete(code: ProblemCode) {
        #expect(code.rawValue.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
        #expect((1...200).contains(code.title.count))
        #expect(code.title.hasSuffix(".") == false)
        #expect((1...500).contains(code.advice.count))
        #expect(code.advice.hasSuffix("."))
        for sentence in [code.cause, code.effect] {
            #expect((20...200).contains(sentence.count) && sentence.hasSuffix("."), "\(sentence)")
            #expect(!sentence.contains("|"), "it is a cell of a table")
        }
    }

    @Test("No two codes share a title")
    func areDistinct() {
        #expect(Set(ProblemCode.allCases.map(\.title)).count == ProblemCode.allCases.count)
    }

    @Test("A message that nobody can run is buried, never tried again")
    func buriesBadMessages() {
        let bad: [ProblemCode] = [
            .bodyTooLarge, .notJSON, .invalidEnvelope, .invalidTenant, .unknownJobType, .unsupportedVersion,
            .invalidPayload,
        ]
        #expect(bad.allSatisfy { $0.reaction == .bury })
    }
}
