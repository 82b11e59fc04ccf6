package import Foundation

/// One request as the simulator saw it: never a token, a secret, a body or a URL.
package struct JournalEntry: Codable, Sendable, Equatable {
    /// Counts from 1 in the order of arrival.
    package let sequence: Int
    /// Simulated time of arrival.
    package let time: Date
    /// The listener.
    package let service: ServiceName
    /// The route's name, see ``RouteName``.
    package let route: String
    /// The GUID of the tenant the call spoke of, when it could be told.
    package let tenant: String?
    /// The client-request-id header, cut to 64 characters.
    package let clientRequestID: String?
    /// Who called, see ``Writers``; absent when the client-request-id does not tell.
    package let writer: String?
    /// Whether it came as a request of a batch; the batch has an entry of its own.
    package let isBatchItem: Bool
    /// The owner's object id, when the call spoke of a mailbox.
    package let mailbox: String?
    /// The kind of the fault that hit the call.
    package var fault: String?
    /// The status of the reply; 0 for a call that was dropped before it was carried out; absent while under way.
    package var status: Int?
    /// Whether the call changed the tenant.
    package var hasChangedTenant = false
    /// Simulated time at which the reply was made; absent while under way.
    package var end: Date?
}

/// Every request in the order of arrival, the oldest forgotten when there are too many.
struct Journal: Sendable {
    private(set) var entries: [JournalEntry] = []
    private var nextSequence = 1

    /// Enough for any test; older requests are forgotten.
    private static let capacity = 50_000
    private static let longestRequestID = 64

    mutating func begin(_ call: Call, _ route: Route, fault: Fault?, at time: Date) -> Int {
        if entries.count >= Journal.capacity { entries.removeFirst(Journal.capacity / 2) }
        let entry = JournalEntry(
            sequence: nextSequence,
            time: time,
            service: call.service,
            route: route.name,
            tenant: route.tenant,
            clientRequestID: call.header("client-request-id").map { String($0.prefix(Journal.longestRequestID)) },
            writer: Writers.writer(of: call),
            isBatchItem: call.batch != nil,
            mailbox: route.mailbox?.id,
            fault: fault?.kind.rawValue
        )
        entries.append(entry)
        nextSequence += 1
        return entry.sequence
    }

    mutating func end(_ sequence: Int, status: Int, hasChanged: Bool, at time: Date) {
        guard let first = entries.first?.sequence, entries.indices.contains(sequence - first) else { return }
        entries[sequence - first].status = status
        entries[sequence - first].hasChangedTenant = hasChanged
        entries[sequence - first].end = time
    }
}
