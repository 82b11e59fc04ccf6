import JobModel

/// What is known of the copies in mailboxes that are not settled: rows of walks that ended in trouble.
///
/// A mailbox that stays in trouble is settled by them, so that copies that were seen to be moved are counted and told.
struct KnownRows<Disposition>: Sendable
where Disposition: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
    typealias Row = CopyDisposition<Disposition>

    /// The dispositions that say of a mailbox as a whole that it is in trouble.
    private static var verdicts: [Disposition] {
        ["mailbox-unavailable", "access-denied", "undetermined"].compactMap(Disposition.init(rawValue:))
    }

    private var rows: [Int: [Row]] = [:]
    private let isRead: Bool
    private var isUsed = false

    /// Whether rows that a memo kept, without all of their evidence, have settled a target.
    var isAbridged: Bool { self.isRead && self.isUsed }

    /// Reads what ``text(bytesMax:)`` wrote.
    init(_ text: String?, mailboxes: [String]) {
        self.isRead = text != nil
        for row: Row in SettledRows.rows(text ?? "", mailboxes: mailboxes) {
            self.rows[row.target, default: []].append(row)
        }
    }

    /// All of them for a memo, or nil when there are none or they do not fit.
    func text(bytesMax: Int) -> String? {
        let text = SettledRows.text(self.rows.values.flatMap { $0 }, bytesMax: bytesMax)
        return text.isEmpty ? nil : text
    }

    /// Takes in what a later walk knows of a target; that a copy was not dealt with says nothing against what was known.
    mutating func learn(_ rows: [Row], of target: Int) {
        var known = Dictionary(
            (self.rows[target] ?? []).map { ($0.copyID, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for row in rows where known[row.copyID] == nil || !Self.isOpen(row) { known[row.copyID] = row }
        self.rows[target] = known.values.sorted { ($0.copyID ?? "") < ($1.copyID ?? "") }
    }

    /// The rows that settle a target: those known of its copies when `rows` says but that the whole mailbox is in trouble.
    ///
    /// What was not dealt with then takes its reason from there; doubt is about copies that were, and they say so.
    mutating func settle(_ target: Int, _ rows: [Row]) -> [Row] {
        guard let known = self.rows.removeValue(forKey: target), !known.isEmpty, let verdict = rows.first,
            rows.count == 1, verdict.copyID == nil, Self.verdicts.contains(verdict.disposition)
        else { return rows }
        self.isUsed = true
        guard let note = verdict.note else { return known }
        return known.map { row in
            guard Self.isOpen(row) else { return row }
            var row = row
            (row.disposition, row.note) = (verdict.disposition, note)
            return row
        }
    }

    /// Whether a row says of a copy that it was not dealt with.
    static func isOpen(_ row: Row) -> Bool { row.note == .outOfOrder }
}
