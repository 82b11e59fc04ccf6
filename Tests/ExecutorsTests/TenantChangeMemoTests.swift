import Foundation
import JobModel
import Testing

@testable import Executors

@Suite("Memo of a job that changes a tenant")
struct TenantChangeMemoTests {
    @Test("What is written is read back")
    func roundTrip() throws {
        var memo = TenantChangeMemo()
        memo.changes = [.appRole]
        memo.intent = .directoryRole
        memo.guids = ["inbound-connector": "x"]
        memo.waits = ["consent": moment(1)]
        memo.isAnnounced = true
        #expect(TenantChangeMemo(text: try memo.text()) == memo)
        #expect(!(try memo.text().contains("\n")))
    }

    @Test("A damaged memo is no memo", arguments: ["", "{", "[]", "{}", #"{"changes":1}"#])
    func damaged(text: String) {
        #expect(TenantChangeMemo(text: text) == nil)
    }

    @Test(
        "A memo with a value out of bounds is no memo",
        arguments: [
            (#""consent":1000"#, #""consent":-1e300"#), (#""consent":1000"#, #""consent":1e300"#),
            (#""stepsDone":0"#, #""stepsDone":9223372036854775807"#), (#""stepsDone":0"#, #""stepsDone":-1"#),
        ]
    )
    func outOfBounds(old: String, new: String) throws {
        var memo = TenantChangeMemo()
        memo.waits = ["consent": Date(timeIntervalSince1970: 1)]
        let text = try memo.text()
        #expect(text.contains(old), "\(text)")
        #expect(TenantChangeMemo(text: text.replacing(old, with: new)) == nil)
    }
}
