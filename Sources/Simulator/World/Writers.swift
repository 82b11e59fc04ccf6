/// Who changes which tenant: the referee between several workers.
///
/// A writer is one attempt of a job. It tells itself by what the client-request-ids of its calls have in common: the first two
/// groups of digits. Writers take turns: from its first change of a tenant to its last no other may change it.
struct Writers: Sendable {
    /// The writers of a tenant, the last one at the end.
    private var turns: [String: [String]] = [:]

    /// Enough to remember who has had a turn; older ones are forgotten.
    private static let turnsMax = 1_000
    private static let writerLength = 13

    /// The writer that a call is of; nil when it does not tell.
    static func writer(of call: Call) -> String? {
        guard let id = call.header("client-request-id"), id.utf8.count == 36 else { return nil }
        return String(id.lowercased().prefix(writerLength))
    }

    /// Notes that a writer begins to change a tenant; true when it had a turn before, and another one since.
    mutating func isInterleaved(_ writer: String?, in tenant: String) -> Bool {
        guard let writer else { return false }
        var before = turns[tenant, default: []]
        guard before.last != writer else { return false }
        let isBack = before.contains(writer)
        if before.count >= Writers.turnsMax { before.removeFirst(Writers.turnsMax / 2) }
        turns[tenant] = before + [writer]
        return isBack
    }
}
