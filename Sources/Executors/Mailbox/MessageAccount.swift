package import JobModel

/// What a job on a message in mailboxes has done by what it remembers, for people who called it off.
package enum MessageAccount {
    /// One sentence: how many mailboxes are done, with which dispositions, in how many a move is in doubt, how many are as
    /// they were.
    ///
    /// Pure. Nil for jobs of other types, and for data or steps that cannot be read.
    package static func text(of type: JobType, data: [UInt8], steps: String) -> String? {
        switch type {
        case .pullMessage:
            let job = try? PullMessage(data: data)
            return job.flatMap { self.text(PullDisposition.self, $0.targets.map(\.mailbox), steps) }
        case .restoreMessage:
            let job = try? RestoreMessage(data: data)
            return job.flatMap { self.text(RestoreDisposition.self, $0.mailboxes, steps) }
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant,
            .noOp,
            .syncDirectory:
            return nil
        }
    }

    /// What is known of a job that was called off, as the output of its result; nil when that is nothing.
    ///
    /// Pure. Rows that are settled, and `undetermined` for mailboxes in which a move was begun and its end was not seen,
    /// copy by copy where copies are known. The other mailboxes have no row. Nil for jobs of other types, too.
    package static func output(of type: JobType, data: [UInt8], steps: String) -> [UInt8]? {
        switch type {
        case .pullMessage:
            guard let job = try? PullMessage(data: data) else { return nil }
            return self.output(PullDisposition.undetermined, job.targets.map(\.mailbox), job.dryRun, steps)
        case .restoreMessage:
            guard let job = try? RestoreMessage(data: data) else { return nil }
            return self.output(RestoreDisposition.undetermined, job.mailboxes, job.dryRun, steps)
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant,
            .noOp,
            .syncDirectory:
            return nil
        }
    }

    private static func output<D>(
        _ undetermined: D,
        _ mailboxes: [String],
        _ isDryRun: Bool,
        _ steps: String
    ) -> [UInt8]? where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        guard let memo = MessageMemo(text: steps) else { return nil }
        var rows: [CopyDisposition<D>] = SettledRows.rows(memo.settled, mailboxes: mailboxes)
        var known = KnownRows<D>(memo.known, mailboxes: mailboxes)
        for target in memo.inDoubt(of: mailboxes.indices, settled: Set(rows.map(\.target))) {
            let user = JobID(mailboxes[target])?.description
            let verdict = MailboxTarget(index: target, mailbox: mailboxes[target], userID: user).row(undetermined)
            rows += known.settle(target, [verdict]).map { row in
                // It was about to be dealt with; that its mailbox does not answer nobody knows.
                guard KnownRows.isOpen(row) else { return row }
                var row = row
                (row.disposition, row.note) = (undetermined, nil)
                return row
            }
        }
        guard !rows.isEmpty else { return nil }
        return try? MessageResult.output(rows, targets: mailboxes.count, dryRun: isDryRun, isAbridged: true)
    }

    private static func text<D>(_: D.Type, _ mailboxes: [String], _ steps: String) -> String?
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        guard let memo = MessageMemo(text: steps) else { return nil }
        let rows: [CopyDisposition<D>] = SettledRows.rows(memo.settled, mailboxes: mailboxes)
        let settled = Set(rows.map(\.target))
        let doubtful = memo.inDoubt(of: mailboxes.indices, settled: settled)
        let begun = memo.isUnderWay == true ? "may have been begun" : "was begun"
        let counts = D.allCases.compactMap { disposition in
            let count = rows.count { $0.disposition == disposition }
            return count > 0 ? "\(count) \(disposition.rawValue)" : nil
        }
        let done = "\(settled.count) of \(mailboxes.count) mailboxes are done"
        let parts = [
            counts.isEmpty ? done : "\(done) (\(counts.joined(separator: ", ")))",
            doubtful.isEmpty ? nil : "in \(doubtful.count) a move \(begun) and its end was not seen",
            "in the other \(mailboxes.count - settled.count - doubtful.count) nothing was moved.",
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }
}
