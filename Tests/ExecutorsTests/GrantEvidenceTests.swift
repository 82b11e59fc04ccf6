import Foundation
import JobModel
import Testing

@testable import Executors

@Suite("Who made the grants")
struct GrantEvidenceTests {
    private static func evidence(_ appRoleAfterConsent: Double?) -> GrantEvidence {
        GrantEvidence(consentedAt: moment(0), appRoleAt: appRoleAfterConsent.map(moment))
    }

    private static func recorded(_ appRole: Bool?, _ directoryRole: Bool?) -> BeforeState {
        BeforeState(
            appRoleAssignment: appRole,
            directoryRoleAssignment: directoryRole,
            organizationCustomization: nil
        )
    }

    @Test("An app role as old as the consent is the administrator's; a later one is ours, and so is one without a time")
    func appRole() {
        for (seconds, expected) in [(-1_000, true), (0, true), (0.9, true), (1.1, false), (1_000, false)] {
            #expect(Self.evidence(seconds).isAppRoleAdministrators == expected)
            #expect(Self.evidence(seconds).judged(.unknown).appRoleAssignment == expected)
            #expect(Self.evidence(seconds).judged(Self.recorded(true, nil)).appRoleAssignment == expected)
        }
        #expect(Self.evidence(nil).judged(Self.recorded(true, true)) == Self.recorded(nil, false))
        let unconsented = GrantEvidence(consentedAt: nil, appRoleAt: moment(0))
        #expect(unconsented.judged(Self.recorded(true, true)).appRoleAssignment == nil)
        #expect(Self.evidence(0).judged(Self.recorded(false, false)) == Self.recorded(false, false), "a job made it")
    }

    @Test("A directory role stays where the job that took the app role found it, or beside an administrator's app role")
    func directoryRole() {
        let cases: [(Double, BeforeState, Bool?)] = [
            (1_000, Self.recorded(true, true), false), (1_000, Self.recorded(nil, true), false),
            (1_000, Self.recorded(false, true), true), (0, Self.recorded(true, true), true),
            (0, Self.recorded(true, false), false), (0, .unknown, nil), (1_000, .unknown, nil),
        ]
        for (seconds, recorded, expected) in cases {
            let judged = Self.evidence(seconds).judged(recorded)
            #expect(judged.directoryRoleAssignment == expected, "\(seconds) \(recorded)")
            #expect(Self.evidence(seconds).judged(judged) == judged)
        }
    }

    @Test("What a job says of the time before it comes from times and from the order of the grants")
    func before() {
        let both = Self.evidence(1_000).before(makesAppRole: false, makesDirectoryRole: false)
        #expect(both == (false, false), "an earlier job made them")
        #expect(Self.evidence(0).before(makesAppRole: false, makesDirectoryRole: false) == (true, true))
        #expect(Self.evidence(0).before(makesAppRole: false, makesDirectoryRole: true) == (true, false))
        #expect(Self.evidence(nil).before(makesAppRole: true, makesDirectoryRole: false) == (false, true))
        #expect(Self.evidence(nil).before(makesAppRole: true, makesDirectoryRole: true) == (false, false))
        let timeless = GrantEvidence(consentedAt: nil, appRoleAt: nil)
        #expect(timeless.before(makesAppRole: false, makesDirectoryRole: false) == (nil, nil))
    }
}
