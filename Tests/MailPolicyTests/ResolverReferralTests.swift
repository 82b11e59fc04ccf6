import Testing

@testable import MailPolicy

@Suite("Empty answers and referrals")
struct ResolverReferralTests {
    /// A response without answers for a.b: `authority` is the type of a record in the authority section, if there is one.
    private static func message(isAuthoritative: Bool, authority: UInt8?) -> [UInt8] {
        let header: [UInt8] = [
            0, 1, 0x80 | (isAuthoritative ? 4 : 0), 0, 0, 1, 0, 0, 0, authority == nil ? 0 : 1, 0, 0,
        ]
        let question: [UInt8] = [1, 0x61, 1, 0x62, 0, 0, 16, 0, 1]
        let record: [UInt8] = authority.map { [0xC0, 12, 0, $0, 0, 1, 0, 0, 0, 60, 0, 3, 1, 0x6E, 0] } ?? []
        return header + question + record
    }

    @Test(
        "A referral names the servers of a zone below and does not decide itself",
        arguments: [
            (false, 2, true),  // name servers: a referral
            (true, 2, false), (false, 6, false), (true, 6, false),  // the zone's start: there is no such record
            (false, nil, false),
        ] as [(Bool, UInt8?, Bool)]
    )
    func tells(isAuthoritative: Bool, authority: UInt8?, expected: Bool) {
        let bytes = Self.message(isAuthoritative: isAuthoritative, authority: authority)
        #expect(bytes.withUnsafeBufferPointer { ResolverReferral.isReferral($0) } == expected)
    }

    @Test("A message that is cut off anywhere is no referral")
    func cut() {
        let bytes = Self.message(isAuthoritative: false, authority: 2)
        for count in 0..<(bytes.count - 12) {
            #expect(!bytes.prefix(count).withUnsafeBufferPointer { ResolverReferral.isReferral($0) })
        }
    }

    @Test("What the zone gave to other servers is asked of the resolver; the zone's own name never is")
    func delegated() async {
        let refers = TableLookup(
            names: [:],
            answers: [
                "TXT _spf.contoso.com": .temporaryFailure(.delegated), "TXT contoso.com": .temporaryFailure(.delegated),
            ]
        )
        let resolver = TableLookup(names: ["_spf.contoso.com": [.spf("-all")], "contoso.com": [.spf("-all")]])
        let lookup = AuthoritativeLookup(zone: "contoso.com", authoritative: refers, resolver: resolver)
        #expect(await lookup.lookup("_spf.contoso.com", .txt) == .records([.spf("-all")]))
        #expect(await lookup.lookup("Contoso.com.", .txt) != .records([.spf("-all")]))
    }
}
