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
    /// Pure. Exactly the bound is allowed.
    func allows(_ removals: DirectoryHeld.Removals) -> Bool {
        if removals.removals <= Self.floor { return true }
        if let confirmed { return removals.removals <= confirmed }
        return removals.removals <= self.numberMax && removals.removals * 100 <= self.percentMax * removals.held
    }

    /// What stands against a job; nil when it may go on.
    func objection(users: DirectoryHeld.Removals, groups: DirectoryHeld.Removals) -> DirectoryHeld? {
        guard !self.allows(users) || !self.allows(groups) else { return nil }
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
