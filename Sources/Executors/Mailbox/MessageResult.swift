import JobModel

/// Makes the output of a message job of its rows, so that it fits a message.
///
/// A message has 1 MiB, of which the envelope and the head of the result need less than 16 KiB. When the rows are longer,
/// folder ids go first, then both looks, then everything but target, mailbox and disposition; 2,500 such rows with the longest
/// addresses are under 1,000,000 bytes. At last the rows of a mailbox that have the same disposition are folded into one that
/// counts them: a restore has no bound on copies.
enum MessageResult {
    static let bytesMax = Envelope.bytesMax - 16 * 1_024

    private enum Detail: CaseIterable { case full, withoutFolders, withoutLooks, bare, folded }

    /// The output's JSON; `isAbridged` says whether rows lack evidence already.
    static func output<D>(
        _ rows: [CopyDisposition<D>],
        targets: Int,
        dryRun: Bool,
        isAbridged: Bool
    ) throws -> [UInt8] where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        let rows = rows.sorted { ($0.target, $0.copyID ?? "") < ($1.target, $1.copyID ?? "") }
        for detail in Detail.allCases {
            let output = MessageOutput(
                dryRun: dryRun,
                targets: targets,
                isAbridged: isAbridged || detail != .full,
                dispositions: self.folded(rows.map { self.abridged($0, detail) }, detail)
            )
            guard output.dispositions.count <= MessageOutput<D>.rowsMax else { continue }
            let bytes = try CanonicalJSON.bytes(output)
            if bytes.count <= self.bytesMax { return bytes }
        }
        throw Problem(.internalError, "The result of \(rows.count) rows does not fit a message.")
    }

    private static func abridged<D>(_ row: CopyDisposition<D>, _ detail: Detail) -> CopyDisposition<D> {
        var row = row
        switch detail {
        case .full: break
        case .withoutFolders:
            row.before?.folderID = nil
            row.after?.folderID = nil
        case .withoutLooks, .bare, .folded:
            row.before = nil
            row.after = nil
        }
        if detail == .bare || detail == .folded {
            row.copyID = nil
            row.mailboxID = nil
            row.folder = nil
            row.note = nil
            row.kept = nil
        }
        return row
    }

    /// Bare rows of one mailbox and disposition as one; others as they are.
    private static func folded<D>(_ rows: [CopyDisposition<D>], _ detail: Detail) -> [CopyDisposition<D>] {
        guard detail == .folded else { return rows }
        var folded: [CopyDisposition<D>] = []
        // In the order of targets, so that a mailbox's rows, which are few by now, stand together.
        for row in rows {
            let place = folded.indices.reversed().prefix { folded[$0].target == row.target }
                .first { folded[$0].disposition == row.disposition }
            if let place {
                folded[place].copies = (folded[place].copies ?? 1) + 1
            } else {
                folded.append(row)
            }
        }
        return folded
    }
}
