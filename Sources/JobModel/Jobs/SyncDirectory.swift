/// The `data` of `jobs.sync-directory.v1`.
package struct SyncDirectory: JobPayload, Codable, Equatable {
    /// The longest state in characters.
    package static let stateLengthMax = 65_536
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax
    /// The most removals that can be agreed to.
    package static let removalsMax = 10_000_000

    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told when the job has ended or asks; none by default.
    package let notify: [String]
    /// The customer's name in the console, for the people who are told: a line of 1 to 100 characters; nil for none.
    package let customer: String?
    /// In which language they are told; the notifier's own by default.
    package let language: String?
    /// The state that the last committed page gave, as it was given; nil when the console holds nothing of the tenant.
    package let state: String?
    /// Whether everything is read anew although the state would allow less; false by default.
    package let full: Bool
    /// What is imported, where it differs from the worker's settings.
    package let filters: DirectoryFiltersOverride?
    /// How many users, and how many groups, the job may remove, whatever the guard's bounds; nil when nobody agreed.
    package let confirmRemovals: Int?

    private enum CodingKeys: String, CodingKey {
        case requestedBy, notify, customer, language, state, full, filters, confirmRemovals
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.customer = values.contains(.customer) ? try values.decode(String.self, forKey: .customer) : nil
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.state = values.contains(.state) ? try values.decode(String.self, forKey: .state) : nil
        self.full = values.contains(.full) ? try values.decode(Bool.self, forKey: .full) : false
        self.filters =
            values.contains(.filters) ? try values.decode(DirectoryFiltersOverride.self, forKey: .filters) : nil
        self.confirmRemovals = try Self.number(.confirmRemovals, in: values)
    }

    /// Foundation does not say which member holds a fraction, so that it is said here.
    private static func number(_ key: CodingKeys, in values: KeyedDecodingContainer<CodingKeys>) throws -> Int? {
        guard values.contains(key) else { return nil }
        do {
            return try values.decode(Int.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no whole number")
        }
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        if !PayloadRule.isEmailAddress(self.requestedBy) { return "`data.requestedBy` is not an e-mail address." }
        if self.notify.count > Self.notifyMax {
            return "`data.notify` has \(self.notify.count) entries; \(Self.notifyMax) are allowed."
        }
        if let index = self.notify.firstIndex(where: { !PayloadRule.isEmailAddress($0) }) {
            return "`data.notify[\(index)]` is not an e-mail address."
        }
        if Set(self.notify).count < self.notify.count { return "`data.notify` names an address twice." }
        if let customer, !PayloadRule.isLine(customer, maximum: 100) {
            return "`data.customer` is not a line of 1 to 100 characters."
        }
        if let language, !PayloadRule.isLanguage(language) {
            return "`data.language` is not a language such as `pt-BR`."
        }
        if let state, !PayloadRule.isVisible(state, maximum: Self.stateLengthMax) {
            return "`data.state` is not 1 to \(Self.stateLengthMax) visible characters."
        }
        if let confirmRemovals, !(1...Self.removalsMax).contains(confirmRemovals) {
            return "`data.confirmRemovals` is not within 1 and \(Self.removalsMax)."
        }
        return self.filters?.violation(at: "data.filters")
    }
}

/// The `output` of `results.sync-directory.v1`.
package struct SyncDirectoryOutput: Codable, Sendable, Equatable {
    /// Why a job read everything instead of what had changed.
    package enum FullReason: String, Codable, Sendable, Hashable, CaseIterable {
        /// The console holds nothing of the tenant.
        case first
        /// The job asked for it.
        case asked
        /// Other filters hold than for the state.
        case filtersChanged = "filters-changed"
        /// Microsoft no longer goes on from the state: it is older than seven days, or the service was rebuilt.
        case resyncRequired = "resync-required"
    }

    /// What became of the objects of one kind.
    package struct Counts: Codable, Sendable, Hashable {
        /// How many were sent, each time it was sent.
        package var upserted: Int
        /// How many removals were sent.
        package var removed: Int
        /// How many the filters left out.
        package var filtered: Int
        /// About how many the console holds now: exact up to 512, then an estimate within some percent.
        package var held: Int

        /// Collects the parts.
        package init(upserted: Int, removed: Int, filtered: Int, held: Int) {
            self.upserted = upserted
            self.removed = removed
            self.filtered = filtered
            self.held = held
        }
    }

    /// Why everything was read; nil when only changes were.
    package var full: FullReason?
    /// The generation that the changes start from; 0 for nothing.
    package var base: Int
    /// The generation that they lead to.
    package var generation: Int
    /// What the next job is given as its `state`.
    package var state: String
    /// How many pages were sent.
    package var pages: Int
    /// What was imported.
    package var filters: DirectoryFilters
    /// What became of users.
    package var users: Counts
    /// What became of groups.
    package var groups: Counts
    /// How many memberships were sent as added.
    package var membersAdded: Int
    /// How many memberships were sent as removed.
    package var membersRemoved: Int

    /// Collects the parts.
    package init(
        full: FullReason?,
        base: Int,
        generation: Int,
        state: String,
        pages: Int,
        filters: DirectoryFilters,
        users: Counts,
        groups: Counts,
        membersAdded: Int,
        membersRemoved: Int
    ) {
        self.full = full
        self.base = base
        self.generation = generation
        self.state = state
        self.pages = pages
        self.filters = filters
        self.users = users
        self.groups = groups
        self.membersAdded = membersAdded
        self.membersRemoved = membersRemoved
    }
}
