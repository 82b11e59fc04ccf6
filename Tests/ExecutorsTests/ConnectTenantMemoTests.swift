import JobModel
import Testing

@testable import Executors

@Suite("Memo of connect-tenant")
struct ConnectTenantMemoTests {
    @Test("What is written is read back")
    func roundTrip() throws {
        var memo = ConnectTenantMemo()
        memo.changes = [.appRole]
        memo.intent = .directoryRole
        memo.guids = ["inbound-connector": "x"]
        memo.waits = ["consent": moment(1)]
        memo.isAnnounced = true
        #expect(ConnectTenantMemo(text: try memo.text()) == memo)
        #expect(!(try memo.text().contains("\n")))
    }

    @Test("A damaged memo is no memo", arguments: ["", "{", "[]", "{}", #"{"changes":1}"#])
    func damaged(text: String) {
        #expect(ConnectTenantMemo(text: text) == nil)
    }
}
