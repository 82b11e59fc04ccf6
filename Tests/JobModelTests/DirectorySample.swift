import JobModel

/// Values of sync-directory that use every member.
enum DirectorySample {
    static let user = DirectoryUser(
        id: "u1",
        userPrincipalName: "anna@contoso.com",
        displayName: "Anna \"A\" Møller",
        mail: "anna@contoso.com",
        proxyAddresses: ["SMTP:anna@contoso.com", "smtp:a@contoso.com"],
        accountEnabled: true,
        userType: "Member",
        isLicensed: true
    )
    static let bareUser = DirectoryUser(
        id: "u2",
        userPrincipalName: "b_example.net#EXT#@contoso.onmicrosoft.com",
        displayName: nil,
        mail: nil,
        proxyAddresses: [],
        accountEnabled: false,
        userType: nil,
        isLicensed: false
    )
    static let group = DirectoryGroup(
        id: "g1",
        displayName: "Sales",
        mail: nil,
        proxyAddresses: [],
        mailEnabled: false,
        securityEnabled: true,
        groupTypes: ["DynamicMembership"]
    )
    static let changes: [DirectoryChange] =
        [.user(Self.user), .user(Self.bareUser), .group(Self.group)]
        + [.members(DirectoryMembers(group: "g1", replaces: true, added: ["u1", "u2"], removed: []))]
        + DirectoryRemoval.Reason.allCases.map { .removed(DirectoryRemoval(kind: .user, id: "u3", reason: $0)) }
    static let pages = [
        DirectoryPage(part: "0123456789abcdef", page: 1, full: true, changes: Self.changes, commit: nil),
        DirectoryPage(
            part: "fedcba9876543210",
            page: 2,
            full: true,
            changes: [],
            commit: DirectoryCommit(
                base: 0,
                generation: 1,
                state: "d1.abc",
                pages: [
                    DirectoryCommit.Stretch(part: "0123456789abcdef", first: 1, last: 1),
                    DirectoryCommit.Stretch(part: "fedcba9876543210", first: 2, last: 2),
                ]
            )
        ),
    ]
    static let held = DirectoryHeld(
        users: DirectoryHeld.Removals(removals: 12, held: 20),
        groups: DirectoryHeld.Removals(removals: 0, held: 0),
        percentMax: 10,
        numberMax: 500
    )
    static let output = SyncDirectoryOutput(
        full: .resyncRequired,
        base: 3,
        generation: 4,
        state: "d1.abc",
        pages: 2,
        filters: DirectoryFilters(users: .all, guests: true, domains: ["contoso.com"], groups: .none),
        users: SyncDirectoryOutput.Counts(upserted: 2, removed: 1, filtered: 0, held: 9),
        groups: SyncDirectoryOutput.Counts(upserted: 1, removed: 0, filtered: 3, held: 1),
        membersAdded: 2,
        membersRemoved: 0
    )
}
