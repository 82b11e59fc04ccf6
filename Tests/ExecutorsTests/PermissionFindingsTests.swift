import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("What a tenant granted is held against what the jobs need")
struct PermissionFindingsTests {
    /// Everything that the product asks for, as it stands in tokens.
    private static let everything = Dictionary(grouping: Permission.all, by: \.resource)
        .mapValues { Set($0.map(\.value)) }

    private static func findings(_ change: (inout [Resource: Set<String>]) -> Void) -> [String] {
        var granted = self.everything
        change(&granted)
        return PermissionFindings(granted: granted).findings.map { "\($0.id) \($0.drift.rawValue)" }
    }

    @Test("With everything granted nothing is found, and every permission stands with its jobs")
    func whole() {
        let findings = PermissionFindings(granted: Self.everything)
        #expect(findings.findings.isEmpty)
        #expect(findings.standing.map(\.permission) == Permission.all.map(\.value))
        #expect(findings.standing.allSatisfy { $0.isGranted })
        #expect(findings.standing.map(\.neededBy) == Permission.all.map(\.jobs))
    }

    @Test("Each missing permission is named by itself, with the jobs that cannot run", arguments: Permission.all)
    func missing(permission: Permission) throws {
        var granted = Self.everything
        granted[permission.resource]?.remove(permission.value)
        let found = PermissionFindings(granted: granted)
        let standing = try #require(found.standing.first { $0.permission == permission.value })
        #expect(!standing.isGranted)
        // What no job needs is not missed; what Sluice grants itself is a finding of its own.
        guard !permission.jobs.isEmpty, permission.roleID != WellKnown.manageAsAppRoleID else {
            #expect(found.findings.isEmpty)
            return
        }
        let finding = try #require(found.findings.first)
        #expect(found.findings.count == 1)
        #expect(finding.id == "permission.\(permission.value)")
        #expect(finding.drift == .missing)
        #expect(finding.blockedJobs == permission.jobs)
        #expect(!finding.isRepairable)
        #expect(finding.advice.contains("sluice consent-url"))
    }

    @Test("What nobody needs is surplus, whichever resource it is granted on")
    func surplus() {
        #expect(
            Self.findings { $0[.graph]?.insert("Files.ReadWrite.All") } == ["permission.Files.ReadWrite.All surplus"]
        )
        #expect(
            Self.findings { $0[.exchange, default: []].insert("full_access_as_app") }
                == ["permission.full_access_as_app surplus"]
        )
    }

    @Test("A permission counts on its own resource alone")
    func elsewhere() {
        let found = Self.findings {
            $0[.graph]?.remove("Domain.Read.All")
            $0[.exchange, default: []].insert("Domain.Read.All")
        }
        #expect(found.sorted() == ["permission.Domain.Read.All missing", "permission.Domain.Read.All surplus"])
    }
}
