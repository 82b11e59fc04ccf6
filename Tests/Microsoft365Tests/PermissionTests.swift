import Foundation
import Testing

@testable import Microsoft365

@Suite("Permissions")
struct PermissionTests {
    @Test("There are ten, each named once, each by a GUID")
    func table() {
        #expect(Permission.all.count == 10)
        #expect(Set(Permission.all.map(\.value)).count == 10)
        #expect(Set(Permission.all.map(\.roleID)).count == 10)
        for permission in Permission.all {
            #expect(UUID(uuidString: permission.roleID) != nil)
            #expect(permission.roleID == permission.roleID.lowercased())
            #expect(!permission.purpose.isEmpty)
        }
        #expect(Permission.all.filter { $0.resource == .exchange }.map(\.value) == ["Exchange.ManageAsApp"])
    }

    @Test("A job needs what the table says, an unknown job nothing")
    func needed() {
        #expect(
            Permission.needed(by: "pull-message").map(\.value) == ["User.Read.All", "Mail.ReadWrite"]
        )
        #expect(Permission.needed(by: "disable-outbound-connector").map(\.value) == ["Exchange.ManageAsApp"])
        #expect(Permission.needed(by: "make-tea").isEmpty)
    }

    @Test("With everything granted nothing is missing and nothing unexpected")
    func complete() {
        let granted = Dictionary(grouping: Permission.all, by: \.resource).mapValues { Set($0.map(\.value)) }
        let review = PermissionReview(granted: granted)
        #expect(review.missing.isEmpty)
        #expect(review.unexpected.isEmpty)
        #expect(review.lines.allSatisfy { $0.isGranted })
    }

    @Test("What is missing names the jobs it blocks; what no job needs is not missing")
    func missing() {
        var graph = Set(Permission.all.filter { $0.resource == .graph }.map(\.value))
        graph.subtract(["Mail.ReadWrite", "EntitlementManagement.ReadWrite.All"])
        graph.formUnion(["Directory.ReadWrite.All", "Exchange.ManageAsApp"])
        let review = PermissionReview(granted: [.graph: graph])
        #expect(review.missing.map(\.value) == ["Mail.ReadWrite", "Exchange.ManageAsApp"])
        #expect(review.unexpected == ["Directory.ReadWrite.All", "Exchange.ManageAsApp"])
        let mail = review.lines.first { $0.permission.value == "Mail.ReadWrite" }
        #expect(mail?.blockedJobs == ["pull-message", "restore-message"])
    }
}
