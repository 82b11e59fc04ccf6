import JobModel
import Microsoft365

/// A mailbox of a job's list, and the user it belongs to.
struct MailboxTarget: Sendable, Equatable {
    /// The place in the list.
    let index: Int
    /// As the job names it.
    let mailbox: String
    /// The object id of the user, in lower case; nil when the directory knows none.
    let userID: String?

    /// A row that says the same of the whole mailbox.
    func row<D>(_ disposition: D, _ note: DispositionNote? = nil) -> CopyDisposition<D>
    where D: Codable & Sendable & Equatable {
        var row = CopyDisposition(
            target: self.index,
            mailbox: self.mailbox,
            mailboxID: self.userID,
            disposition: disposition
        )
        row.note = note
        return row
    }

    /// A row about one copy.
    func row<D>(_ copy: String, _ disposition: D, _ note: DispositionNote? = nil) -> CopyDisposition<D>
    where D: Codable & Sendable & Equatable {
        var row = self.row(disposition, note)
        row.copyID = copy
        return row
    }
}

/// Which users a job's list means.
struct TargetList {
    /// The targets in their order.
    let targets: [MailboxTarget]
    /// Those of another tenant: guests, and addresses of domains that are not this tenant's.
    let foreign: [MailboxTarget]

    /// Pure: `users` are those found, by address in lower case; `domains` the tenant's own, nil when they may not be read.
    ///
    /// An object id stands for itself: whether there is such a user shows when its mailbox is asked.
    init(mailboxes: [String], users: [String: MailUser], domains: Set<String>?) {
        var foreign: [MailboxTarget] = []
        self.targets = mailboxes.enumerated().map { index, mailbox in
            let name = mailbox.lowercased()
            if JobID(name) != nil { return MailboxTarget(index: index, mailbox: mailbox, userID: name) }
            let user = users[name]
            let target = MailboxTarget(index: index, mailbox: mailbox, userID: user?.id)
            let isOurs = domains.map {
                $0.contains(
                    String(name[name.lastIndex(of: "@").map(name.index(after:)).map { $0... } ?? name.startIndex...])
                )
            }
            if user?.isGuest == true || user == nil && isOurs == false { foreign.append(target) }
            return target
        }
        self.foreign = foreign
    }

    /// Two targets that are one mailbox under different names; nil when there are none.
    var double: (first: Int, second: Int)? {
        var seen: [String: Int] = [:]
        for target in self.targets {
            guard let user = target.userID else { continue }
            if let first = seen.updateValue(target.index, forKey: user) { return (first, target.index) }
        }
        return nil
    }
}

/// Finds the users of a list, and refuses lists that are mixed up.
struct TargetSearch {
    let mail: Mail
    /// The member of the job's data that holds the list.
    let field: String

    /// The targets of a list; throws the problem of one that names a mailbox twice, or one of another tenant.
    ///
    /// With `hasBegun` nothing is refused: the directory has changed under a job that has done a part of its work.
    func targets(_ mailboxes: [String], hasBegun: Bool = false) async throws -> [MailboxTarget] {
        let addresses = mailboxes.filter { JobID($0) == nil }
        let users = addresses.isEmpty ? [:] : try await self.mail.users(addressed: addresses)
        if hasBegun { return TargetList(mailboxes: mailboxes, users: users, domains: nil).targets }
        let isComplete = addresses.allSatisfy { users[$0.lowercased()] != nil }
        let domains = isComplete ? nil : try await self.mail.verifiedDomains()
        let list = TargetList(mailboxes: mailboxes, users: users, domains: domains)
        if let foreign = list.foreign.first {
            let count = list.foreign.count
            throw Problem(
                .mailboxForeign,
                "\(count) of \(mailboxes.count) mailboxes are of another tenant, the first at `data.\(self.field)[\(foreign.index)]`."
            )
        }
        if let double = list.double {
            throw Problem(
                .invalidPayload,
                "`data.\(self.field)[\(double.second)]` is another name of the mailbox at `data.\(self.field)[\(double.first)]`."
            )
        }
        return list.targets
    }
}
