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
}
