import Foundation
import JobModel
import Testing

@testable import Executors

@Suite("What a comment remembers of the job that wrote it")
struct AppliedMarkTests {
    private static let before = BeforeState(
        appRoleAssignment: false,
        directoryRoleAssignment: true,
        organizationCustomization: nil
    )
    private static let stamp = AppliedStamp(job: JobID(UUID()), time: moment(0.7), before: before)

    @Test("A mark reads as it was written, whatever stands around it, with the time in whole seconds")
    func readsBack() throws {
        let mark = AppliedMark(stamp: Self.stamp, digests: ["abcdef", "012345"])
        let read = try required(AppliedMark(in: "Managed by Sluice. [sluice:v1:x] \(mark.text) see ticket 7"))
        #expect(read == mark)
        #expect(read.appliedAt == moment(0))
        #expect(read.before == Self.before)
        #expect(AppliedMark.removed(from: " a [b] \(mark.text) ") == "a [b]")
    }

    @Test(
        "A damaged mark is none",
        arguments: [
            "", "[a1:", "[a1:]", "[a1:20261123T093000Z:no-job:---:abcdef]",
            "[a1:20261399T093000Z:0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f:---:abcdef]",
            "[a1:20261123T093000Z:0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f:--:abcdef]",
            "[a1:20261123T093000Z:0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f:---:abcde]",
        ]
    )
    func damaged(comment: String) { #expect(AppliedMark(in: comment) == nil) }

    @Test("The longest comment fits into what a connector holds")
    func fits() throws {
        let gateway = try testGateway(name: String(repeating: "W", count: GatewayProfile.nameLengthMax))
        for kind in [TenantObjectKind.inboundConnector, .outboundConnector, .bypassRule] {
            let mark = AppliedMark(stamp: Self.stamp, digests: Array(repeating: "abcdef", count: 6))
            #expect("\(ObjectMarker(gateway: gateway, kind: kind).comment) \(mark.text)".count <= 256)
        }
    }

    @Test("No kind has more fields than the comment has room for, and a value is told from another")
    func digests() async throws {
        try await withKinds { kinds in
            #expect(kinds.inbound.appliedFields.count == 6)
            #expect(kinds.outbound.appliedFields.count == 6)
            #expect(kinds.rule.appliedFields.count == 4)
        }
        #expect(AppliedMark.digest(.bypassRule, "Mode", "Enforce") != AppliedMark.digest(.bypassRule, "Mode", "Audit"))
    }
}
