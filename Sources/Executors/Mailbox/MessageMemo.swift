import Foundation
import JobModel

/// What a message job leaves behind for its next run: what is settled, so that only the rest is done.
///
/// A help, never a truth: without it the job finds its own stamps in the mailboxes and comes to the same end.
struct MessageMemo: TenantMemo, Equatable {
    /// The most bytes of settled rows: with the longest list of targets (450 kB) a message keeps under 1 MiB.
    static let settledBytesMax = 512 * 1_024

    var waits: [String: Date] = [:]
    var stepsDone = 0
    /// The rows that are settled, in ``SettledRows``'s form.
    var settled = ""
    /// The rows that ``KnownRows`` has, in the same form.
    var known: String?
    /// What the copies had in common when the first was moved.
    var print: String?
    /// Targets in which a move was sent and not yet seen to have worked.
    var doubtful: [Int] = []
    /// Whether moves were being sent when this was written: of those that came later nothing is known.
    var isUnderWay: Bool?
    /// When each target that does not answer was first left for later.
    var leftSince: [Int: Date]?
    /// Whether people have been told.
    var isAnnounced = false

    init() {}

    /// Places in the job's list stay unchecked here: those that it has not are passed over.
    var isWithinBounds: Bool {
        max(self.settled.utf8.count, self.known?.utf8.count ?? 0, self.print?.utf8.count ?? 0) <= MemoBound.textBytesMax
            && self.leftSince?.values.allSatisfy(Timestamp.canHold) ?? true
    }

    /// Whether an earlier run may have changed a mailbox, or has settled one.
    var hasBegun: Bool { !self.settled.isEmpty || self.print != nil || !self.doubtful.isEmpty }

    /// Targets in which a move may have been sent that was not seen to work, beside those that are settled.
    ///
    /// Those are all when the process that sent moves was not heard to end.
    func inDoubt(of targets: Range<Int>, settled: Set<Int>) -> [Int] {
        let all = self.isUnderWay == true ? Array(targets) : self.doubtful
        return all.filter { targets.contains($0) && !settled.contains($0) }
    }

    /// Notes that targets were left at a time; the first time counts.
    mutating func leave(_ targets: [Int], at now: Date) {
        var since = self.leftSince ?? [:]
        for target in targets where since[target] == nil { since[target] = now }
        self.leftSince = since.isEmpty ? nil : since
    }
}

/// Rows as one line of text that needs no escapes in JSON, about 230 bytes each.
///
/// Rows are joined by `;`, their fields by `,`: target, disposition and note by their places in their lists, user, copy, when
/// and under which request id it was first and last seen, folder, kept. What takes room without deciding anything (folder
/// ids, then the looks, then ids and paths) is left out when the whole would be too long.
enum SettledRows {
    /// Writes rows within a number of bytes.
    static func text<D>(_ rows: [CopyDisposition<D>], bytesMax: Int) -> String
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        for detail in Detail.allCases {
            let text = rows.map { self.text($0, detail) }.joined(separator: ";")
            if text.utf8.count <= bytesMax { return text }
        }
        return ""
    }

    /// Reads what `text` wrote, with the job's own list for the mailboxes' names; rows that make no sense are left out.
    static func rows<D>(_ text: String, mailboxes: [String]) -> [CopyDisposition<D>]
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        text.split(separator: ";").compactMap { self.row($0, mailboxes) }
    }

    private enum Detail: CaseIterable { case full, copies, bare }

    private static func text<D>(_ row: CopyDisposition<D>, _ detail: Detail) -> String
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        let note = row.note.flatMap { note in DispositionNote.allCases.firstIndex(of: note) }
        let looks =
            detail == .full
            ? [row.before, row.after].flatMap { [$0?.at ?? "", $0?.requestID ?? ""] } : ["", "", "", ""]
        let isBare = detail == .bare
        let user = isBare || row.mailboxID == row.mailbox.lowercased() ? "" : row.mailboxID ?? "-"
        let fields =
            [
                String(row.target), String(Array(D.allCases).firstIndex(of: row.disposition) ?? 0),
                note.map(String.init) ?? "", user, isBare ? "" : row.copyID ?? "",
            ] + looks + [isBare ? "" : row.folder ?? "", isBare ? "" : (row.kept ?? []).joined(separator: " ")]
        return fields.map(self.escaped).joined(separator: ",")
    }

    private static func row<D>(_ text: Substring, _ mailboxes: [String]) -> CopyDisposition<D>?
    where D: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0).removingPercentEncoding ?? ""
        }
        let dispositions = Array(D.allCases)
        guard fields.count == 11, let target = Int(fields[0]), mailboxes.indices.contains(target),
            let place = Int(fields[1]), dispositions.indices.contains(place)
        else { return nil }
        // A note that is new since then reads as the last one known.
        let note = Int(fields[2]).map { DispositionNote.allCases[min(max($0, 0), DispositionNote.allCases.count - 1)] }
        let mailbox = mailboxes[target]
        let own = JobID(mailbox)?.description
        let user = fields[3] == "-" ? nil : fields[3].isEmpty ? own : fields[3]
        var row = CopyDisposition(target: target, mailbox: mailbox, mailboxID: user, disposition: dispositions[place])
        row.note = note
        row.copyID = fields[4].isEmpty ? nil : fields[4]
        row.before = self.look(fields[5], fields[6])
        row.after = self.look(fields[7], fields[8])
        row.folder = fields[9].isEmpty ? nil : fields[9]
        row.kept = fields[10].isEmpty ? nil : fields[10].split(separator: " ").map(String.init)
        return row
    }

    private static func look(_ at: String, _ request: String) -> MailboxRead? {
        Timestamp.date(at).map { MailboxRead(at: $0, requestID: request.isEmpty ? nil : request, folderID: nil) }
    }

    /// Everything but what ids, times and words are made of becomes a percent sign and two digits.
    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: self.plain) ?? ""
    }

    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._=:+/"
    )
}
