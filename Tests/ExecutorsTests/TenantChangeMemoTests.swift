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
}
