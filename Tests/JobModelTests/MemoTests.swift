import Foundation
import Testing

@testable import JobModel

@Suite("A memo travels as text")
struct MemoTests {
    @Test(
        "What is written is read again",
        arguments: [
            Memo.none,
            Memo(round: 3, sequence: 12, since: Date(timeIntervalSince1970: 1_795_402_801.25), steps: nil),
            Memo(round: 1, sequence: 0, since: nil, steps: "{\"done\":[\"grants\"],\"note\":\"a\\nb \\\"c\\\" 😀\"}"),
            Memo(
                round: 2,
                sequence: 4,
                since: nil,
                steps: nil,
                attempts: [
                    AttemptNote(number: 1, ended: Date(timeIntervalSince1970: 9), worker: "w1", code: "throttled")
                ]
            ),
        ]
    )
    func travels(memo: Memo) throws { #expect(Memo(text: try memo.text()) == memo) }

    @Test(
        "Text that no worker writes is no memo",
        arguments: [
            "", "all steps are done", "[]", "{}", "null", "{\"round\":-1,\"sequence\":0}",
            "{\"round\":1,\"sequence\":-1}",
            "{\"round\":\"1\",\"sequence\":0}", "{\"round\":1}", "{\"round\":1,\"sequence\":0,\"steps\":{}}",
            "{\"round\":1,\"sequence\":0,\"since\":\"yesterday\"}",
        ]
    )
    func refuses(text: String) { #expect(Memo(text: text) == nil) }

    @Test(
        "A value out of bounds is no memo, as arithmetic on it would end the worker",
        arguments: [
            #""round":0,"sequence":9223372036854775807"#, #""round":9223372036854775807,"sequence":0"#,
            #""round":0,"sequence":1000000000001"#, #""round":1000000001,"sequence":0"#,
            #""round":0,"sequence":1e300"#, #""round":0.5,"sequence":0"#, #""round":0,"sequence":-1"#,
            #""round":0,"sequence":0,"since":1e300"#, #""round":0,"sequence":0,"since":-1e300"#,
            #""round":0,"sequence":0,"since":253402300800000"#, #""round":0,"sequence":0,"since":1e999"#,
            #""round":0,"sequence":0,"since":"1""#,
            #""round":0,"sequence":0,"attempts":[{"number":1001,"ended":0,"worker":"w","code":"c"}]"#,
            #""round":0,"sequence":0,"attempts":[{"number":-1,"ended":0,"worker":"w","code":"c"}]"#,
            #""round":0,"sequence":0,"attempts":[{"number":1,"ended":1e300,"worker":"w","code":"c"}]"#,
            #""round":0,"sequence":0,"attempts":{}"#,
        ]
    )
    func refusesOutOfBounds(members: String) { #expect(Memo(text: "{\(members)}") == nil) }

    @Test("The bounds themselves are kept, and so is every length")
    func keepsBounds() throws {
        let note = AttemptNote(number: 1_000, ended: Date(timeIntervalSince1970: 0), worker: "w", code: "c")
        let last = Date(timeIntervalSince1970: 253_402_300_799)
        func memo(_ notes: Int, steps: Int) -> Memo {
            Memo(
                round: Memo.roundMax,
                sequence: Memo.sequenceMax,
                since: last,
                steps: String(repeating: "s", count: steps),
                attempts: Array(repeating: note, count: notes)
            )
        }
        let most = memo(Memo.attemptsMax, steps: Envelope.bytesMax)
        #expect(Memo(text: try most.text()) == most)
        #expect(Memo(text: try memo(Memo.attemptsMax + 1, steps: 0).text()) == nil)
        #expect(Memo(text: try memo(0, steps: Envelope.bytesMax + 1).text()) == nil)
        let long = AttemptNote(number: 1, ended: last, worker: String(repeating: "w", count: 1_025), code: "c")
        #expect(Memo(text: try Memo(round: 0, sequence: 0, since: nil, steps: nil, attempts: [long]).text()) == nil)
    }
}
