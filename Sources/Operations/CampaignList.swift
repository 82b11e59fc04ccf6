import JobModel

/// The mailboxes of a campaign, as a table names them.
///
/// The first record names the columns, in any order and case: `mailbox` (object id or address) is needed,
/// `internetMessageId`, `receivedAfter` and `receivedBefore` are understood, others are passed over. A table of one column
/// that begins with a mailbox needs no names.
package struct CampaignList: Sendable, Equatable {
    /// One mailbox.
    package struct Target: Sendable, Equatable {
        /// Object id or address.
        package let mailbox: String
        /// The message to pull there; nil when it is the campaign's.
        package let internetMessageID: String?
        /// The earliest time of receipt, as it is written.
        package let receivedAfter: String?
        /// The latest time of receipt, as it is written.
        package let receivedBefore: String?
    }

    /// In the order of the table.
    package let targets: [Target]

    /// Reads a table; fails with the line that is wrong.
    package init(_ bytes: [UInt8]) throws(CampaignError) {
        let records = try CSVTable(bytes).records
        guard let head = records.first else { throw CampaignError(.list, "it is empty") }
        let columns = Columns(head)
        guard let columns else {
            guard head.fields.count == 1, Self.isMailbox(head.fields[0].trimmed) else {
                throw CampaignError(.list, "line \(head.line): no column is called mailbox")
            }
            self.targets = try Self.targets(records, Columns(), width: 1)
            return
        }
        guard records.count > 1 else { throw CampaignError(.list, "it names columns and no mailbox") }
        self.targets = try Self.targets(Array(records.dropFirst()), columns, width: head.fields.count)
    }

    private static func targets(
        _ records: [CSVTable.Record],
        _ columns: Columns,
        width: Int
    ) throws(CampaignError) -> [Target] {
        var targets: [Target] = []
        var lines: [String: Int] = [:]
        targets.reserveCapacity(records.count)
        for record in records {
            guard record.fields.count == width else {
                let fields = "\(record.fields.count) fields where the first has \(width)"
                throw CampaignError(.list, "line \(record.line) has \(fields)")
            }
            let target = columns.target(record.fields)
            guard Self.isMailbox(target.mailbox) else {
                let rule = "neither the object id of a user nor an e-mail address"
                throw CampaignError(.list, "line \(record.line): '\(target.mailbox.prefix(80))' is \(rule)")
            }
            let key = target.mailbox.lowercased() + "\n" + (target.internetMessageID ?? "")
            if let first = lines.updateValue(record.line, forKey: key) {
                throw CampaignError(.list, "line \(record.line) names the same mailbox and message as line \(first)")
            }
            targets.append(target)
        }
        return targets
    }

    private static func isMailbox(_ text: String) -> Bool { JobID(text) != nil || PayloadRule.isEmailAddress(text) }

    /// Which field is which.
    private struct Columns {
        private var mailbox = 0
        private var internetMessageID: Int?
        private var receivedAfter: Int?
        private var receivedBefore: Int?

        init() {}

        init?(_ head: CSVTable.Record) {
            let names = head.fields.map { $0.trimmed.lowercased() }
            guard let mailbox = names.firstIndex(of: "mailbox") else { return nil }
            self.mailbox = mailbox
            self.internetMessageID = names.firstIndex(of: "internetmessageid")
            self.receivedAfter = names.firstIndex(of: "receivedafter")
            self.receivedBefore = names.firstIndex(of: "receivedbefore")
        }

        func target(_ fields: [String]) -> Target {
            func field(_ index: Int?) -> String? {
                guard let index, !fields[index].trimmed.isEmpty else { return nil }
                return fields[index].trimmed
            }
            return Target(
                mailbox: fields[self.mailbox].trimmed,
                internetMessageID: field(self.internetMessageID),
                receivedAfter: field(self.receivedAfter),
                receivedBefore: field(self.receivedBefore)
            )
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(self.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
