/// How a tenant's users and groups are told by delta queries, and the groups that nobody wrote down.
///
/// Users nobody wrote down are those of ``ScenarioMail``'s `population`: each of them has a mailbox too.
package struct ScenarioDirectory: Codable, Sendable, Equatable {
    /// What answers a link that the service no longer goes on from.
    package enum Resync: String, Codable, Sendable, CaseIterable {
        /// 410 with a `Location` that begins anew.
        case gone
        /// 400 with that code.
        case resyncRequired
        /// 404 with that code.
        case syncStateNotFound
        /// 400 with that code.
        case syncStateInvalid = "SyncStateInvalid"
    }

    /// How many groups exist beside those that are written down.
    ///
    /// Default 0.
    package var groups = 0
    /// How many of the tenant's population are in each of them.
    ///
    /// Default 0.
    package var membersPerGroup = 0
    /// How many devices are in each of them, which are no users and receive no mail.
    ///
    /// Default 0.
    package var devicesPerGroup = 0
    /// Objects on a page of a delta query.
    ///
    /// Default 100.
    package var pageSize = 100
    /// Memberships on a page of a delta query; a larger group goes over several pages.
    ///
    /// Default 500.
    package var memberPageSize = 500
    /// Pages of changes are shuffled and repeat objects of the page before.
    ///
    /// Default true.
    package var disorder = true
    /// Objects hold no more than what has changed, and a group's further pages nothing but members.
    ///
    /// Default false: all selected properties are there unless the client prefers `return=minimal`.
    package var sparse = false
    /// Default ``Resync/gone``.
    package var resync = Resync.gone
    /// After so many seconds of simulated time a link to the next page is dead.
    ///
    /// Default an hour.
    package var skipTokenSeconds = 3_600.0
    /// A change is told by delta queries so many seconds of simulated time after it was made.
    ///
    /// Default 0.
    package var visibleAfterSeconds = 0.0
    /// Resource units in ten seconds of real time.
    ///
    /// Default: what the real service grants a tenant of that size (3,500, 5,000, 8,000).
    package var resourceUnits: Int?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case groups, membersPerGroup, devicesPerGroup, pageSize, memberPageSize, disorder, sparse, resync,
            skipTokenSeconds
        case visibleAfterSeconds, resourceUnits
    }

    /// The defaults.
    package init() {}

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.groups, into: &groups)
        try fields.read(.membersPerGroup, into: &membersPerGroup)
        try fields.read(.devicesPerGroup, into: &devicesPerGroup)
        try fields.read(.pageSize, into: &pageSize)
        try fields.read(.memberPageSize, into: &memberPageSize)
        try fields.read(.disorder, into: &disorder)
        try fields.read(.sparse, into: &sparse)
        try fields.read(.resync, into: &resync)
        try fields.read(.skipTokenSeconds, into: &skipTokenSeconds)
        try fields.read(.visibleAfterSeconds, into: &visibleAfterSeconds)
        try fields.read(.resourceUnits, into: &resourceUnits)
        let counts = [groups, membersPerGroup, devicesPerGroup]
        guard counts.allSatisfy({ $0 >= 0 }), pageSize >= 1, memberPageSize >= 1 else {
            let text = "groups, membersPerGroup and devicesPerGroup count from 0, pageSize and memberPageSize from 1"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
        }
    }
}
