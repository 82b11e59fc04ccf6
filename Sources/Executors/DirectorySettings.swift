package import JobModel

/// How tenants' directories are imported, unless a job says otherwise.
package struct DirectorySettings: Sendable, Equatable {
    /// What is imported.
    package var filters: DirectoryFilters
    /// How many percent of the users, or of the groups, a job may remove unasked: 0 to 100.
    package var removalsPercentMax: Int
    /// How many users, or groups, a job may remove unasked, 0 or more.
    package var removalsNumberMax: Int

    /// Shared mailboxes too, no guests, all groups; 10 percent, and 500.
    package static let standard = DirectorySettings(
        filters: .standard,
        removalsPercentMax: 10,
        removalsNumberMax: 500
    )

    /// Collects the parts.
    package init(filters: DirectoryFilters, removalsPercentMax: Int, removalsNumberMax: Int) {
        self.filters = filters
        self.removalsPercentMax = removalsPercentMax
        self.removalsNumberMax = removalsNumberMax
    }
}
