import JobModel

/// Makes the output of a message job of its rows, so that it fits a message.
///
/// A message has 1 MiB, of which the envelope and the head of the result need less than 16 KiB. When the rows are longer,
/// folder ids go first, then both looks, then everything but target, mailbox and disposition; 2,500 such rows with the longest
/// addresses are under 1,000,000 bytes.
enum MessageResult {
    static let bytesMax = Envelope.bytesMax - 16 * 1_024

    private enum Detail: CaseIterable { case full, withoutFolders, withoutLooks, bare }

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
                dispositions: rows.map { self.abridged($0, detail) }
            )
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
        case .withoutLooks, .bare:
            row.before = nil
            row.after = nil
        }
        if detail == .bare {
            row.copyID = nil
            row.mailboxID = nil
            row.folder = nil
            row.note = nil
            row.kept = nil
        }
        return row
    }
}
