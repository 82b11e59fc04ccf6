import JobModel

/// Stops a job that would remove more than an accident may: a filter set wrong, a directory emptied by a failing import.
struct RemovalGuard: Sendable, Equatable {
    /// So many removals never stop a job, however small the tenant.
    static let floor = 5

    /// The bound in percent of what is held.
    let percentMax: Int
    /// The bound as a number.
    let numberMax: Int
    /// How many removals of either kind a person agreed to, in place of both bounds.
    let confirmed: Int?

    /// Whether a job may remove so many of so many.
    ///
    /// Pure. Exactly the bound is allowed. `sent` is how many removals its pages hold, where that is all that can go: the
    /// estimate of a large directory takes one that is in the sample for hundreds.
    func allows(_ removals: DirectoryHeld.Removals, sent: Int? = nil) -> Bool {
        let number = min(removals.removals, sent ?? .max)
        if number <= Self.floor { return true }
        if let confirmed { return number <= confirmed }
        return number <= self.numberMax && number * 100 <= self.percentMax * removals.held
    }

    /// What stands against a job; nil when it may go on.
    func objection(
        users: DirectoryHeld.Removals,
        groups: DirectoryHeld.Removals,
        sent: (users: Int, groups: Int)? = nil
    ) -> DirectoryHeld? {
        let isAllowed = self.allows(users, sent: sent?.users) && self.allows(groups, sent: sent?.groups)
        guard !isAllowed else { return nil }
        return DirectoryHeld(users: users, groups: groups, percentMax: self.percentMax, numberMax: self.numberMax)
    }
}

extension DirectoryHeld {
    /// What people are told.
    var problem: Problem {
        let kinds = [("users", self.users), ("groups", self.groups)].filter { $0.1.removals > 0 }
        let what = kinds.map { "\($0.1.removals) of \($0.1.held) \($0.0)" }.joined(separator: " and ")
        return Problem(
            .removalsHeld,
            "It would remove \(what); the bounds are \(self.numberMax) and \(self.percentMax) percent."
        )
    }
}
