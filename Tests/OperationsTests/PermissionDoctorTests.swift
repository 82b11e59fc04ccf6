import Microsoft365
import Operations
import Testing

@Suite("The doctor on permissions")
struct PermissionDoctorTests {
    private static let graph = Set(Permission.all.filter { $0.resource == .graph }.map(\.value))

    private func finding(_ subject: String, granted: [Resource: Set<String>]) -> DoctorFinding? {
        PermissionDoctor.findings(PermissionReview(granted: granted)).first { $0.subject == "permission \(subject)" }
    }

    @Test("What is granted is good; what a job lacks is bad, names the jobs and says what to do")
    func missing() throws {
        let granted: [Resource: Set<String>] = [.graph: Self.graph.subtracting(["Domain.Read.All"])]
        #expect(self.finding("User.Read.All", granted: granted)?.status == .good)
        let bad = try #require(self.finding("Domain.Read.All", granted: granted))
        #expect(bad.status == .bad && bad.detail.contains("connect-tenant") && bad.mend != nil)
    }

    @Test("The one that connect-tenant gives itself is no fault before it has run")
    func ownGrant() {
        #expect(self.finding("Exchange.ManageAsApp", granted: [.graph: Self.graph])?.status == .warning)
        let all: [Resource: Set<String>] = [.graph: Self.graph, .exchange: ["Exchange.ManageAsApp"]]
        #expect(self.finding("Exchange.ManageAsApp", granted: all)?.status == .good)
    }

    @Test("More right than the product needs is a warning")
    func surplus() {
        let granted: [Resource: Set<String>] = [.graph: Self.graph.union(["Files.ReadWrite.All"])]
        #expect(self.finding("Files.ReadWrite.All", granted: granted)?.status == .warning)
    }
}
