import Foundation
import JobModel

/// Where a synchronisation stands between two pages: everything that another process needs to go on.
///
/// It is remembered whenever what was read has been sent, and never speaks of more. Its size does not grow with the tenant.
struct DirectoryMemo: TenantMemo {
    /// What is read.
    enum Phase: String, Codable { case users, groups, read, committed }

    /// The group that the last page ended with, as the next page may go on with it.
    struct LastGroup: Codable, Equatable {
        let id: String
        let isAdmitted: Bool
    }

    /// What became of one kind of object.
    struct Tally: Codable, Equatable {
        var upserted = 0
        var removed = 0
        var filtered = 0
    }

    var waits: [String: Date] = [:]
    var stepsDone = 0
    /// Whether the round has been chosen.
    var hasBegun = false
    /// The worker's filters when the round was chosen: one set up otherwise meanwhile goes on with these.
    var standard: DirectoryFilters?
    /// Whether people were told that the guard asks.
    var hasAsked = false
    var phase = Phase.users
    /// Why everything is read; nil when only changes are.
    var full: SyncDirectoryOutput.FullReason?
    /// Where the round under way goes on; nil at its beginning.
    var link: String?
    /// Where the next job's rounds begin.
    var usersLink: String?
    var groupsLink: String?
    /// How many pages were sent, counted or not.
    var pages = 0
    /// Those that count.
    var stretches: [DirectoryCommit.Stretch] = []
    /// How many pages had been sent when the phase began.
    var pagesBefore = 0
    var users = IDSample()
    var groups = IDSample()
    var userTally = Tally()
    var groupTally = Tally()
    var membersAdded = 0
    var membersRemoved = 0
    var lastGroup: LastGroup?
    /// How often a round was begun again.
    var restarts = 0

    init() {}

    var isWithinBounds: Bool {
        let tallies = [self.userTally, self.groupTally].flatMap { [$0.upserted, $0.removed, $0.filtered] }
        let counts = tallies + [self.pages, self.pagesBefore, self.membersAdded, self.membersRemoved, self.restarts]
        return counts.allSatisfy(MemoBound.count.contains) && self.pagesBefore <= self.pages
            && self.stretches.count <= 2 * DirectoryCommit.stretchesMax
            && self.stretches.allSatisfy { 1 <= $0.first && $0.first <= $0.last && $0.last <= self.pages }
    }

    /// Begins to read everything, or what has changed since a state.
    mutating func begin(_ full: SyncDirectoryOutput.FullReason?, from state: DirectoryState?) {
        self.hasBegun = true
        self.phase = .users
        self.full = full
        self.link = nil
        self.usersLink = nil
        self.groupsLink = nil
        self.stretches = []
        self.pagesBefore = self.pages
        self.users = full == nil ? state?.users ?? IDSample() : IDSample()
        self.groups = full == nil ? state?.groups ?? IDSample() : IDSample()
        self.userTally = Tally()
        self.groupTally = Tally()
        self.membersAdded = 0
        self.membersRemoved = 0
        self.lastGroup = nil
    }

    /// Begins the round under way again: what it sent counts no longer.
    mutating func beginRoundAgain(from state: DirectoryState?) {
        guard self.phase == .groups else { return self.begin(self.full, from: state) }
        self.link = nil
        self.stretches = self.stretches.compactMap { stretch in
            guard stretch.first <= self.pagesBefore else { return nil }
            var kept = stretch
            kept.last = min(stretch.last, self.pagesBefore)
            return kept
        }
        self.groups = self.full == nil ? state?.groups ?? IDSample() : IDSample()
        self.groupTally = Tally()
        self.membersAdded = 0
        self.membersRemoved = 0
        self.lastGroup = nil
    }

    /// Numbers a page of a part; it counts.
    mutating func addPage(of part: String) {
        self.pages += 1
        if let last = self.stretches.last, last.part == part, last.last == self.pages - 1 {
            self.stretches[self.stretches.count - 1].last = self.pages
        } else {
            self.stretches.append(DirectoryCommit.Stretch(part: part, first: self.pages, last: self.pages))
        }
    }

    /// Notes that a round is over, and where the next one begins.
    mutating func endRound(next link: String, hasGroups: Bool) {
        if self.phase == .users {
            self.usersLink = link
            self.phase = hasGroups ? .groups : .read
        } else {
            self.groupsLink = link
            self.phase = .read
        }
        self.link = nil
        self.pagesBefore = self.pages
        self.lastGroup = nil
    }
}
