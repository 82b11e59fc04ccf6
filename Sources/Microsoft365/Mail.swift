/// The mailboxes of one tenant, by way of batches: what pulling and restoring messages needs of Microsoft Graph.
///
/// Calls work inside `during`, and are meant to be made by many tasks at once, one a mailbox: those that wait together
/// travel together, 20 in an HTTP request.
///
/// ```swift
/// let mail = tenant.mail(traffic: traffic, patience: .standard) { Double.random(in: 0...1) }
/// let copies = try await mail.during {
///     try await mail.copies(of: "<a@b>", in: userID).value
/// }
/// ```
///
/// Every call throws ``Microsoft365Error`` and nothing else. All ids of messages are immutable ones: they stay as they are
/// when a message moves. Needs Mail.ReadWrite, and User.Read.All for the directory.
package struct Mail: Sendable {
    /// How many copies of one message a mailbox may hold; one more is asked for, to see that there are too many.
    package static let copiesMax = 25
    /// How many copies are asked for when all are to be found, those of many messages together.
    package static let foundMax = 5_000
    /// How many addresses one question to the directory names: Graph takes 15 alternatives in a filter.
    static let addressesMax = 15
    /// How many folders of one level are read.
    static let foldersMax = 5_000
    /// The most objects that a page is asked to hold.
    static let pageMax = 250
    /// How many pages of a list are read, empty ones included.
    static let pagesMax = 1_000

    let pipeline: MailPipeline
    let address: ServiceAddress

    /// Sends what the body asks for, and ends with it.
    package func during<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async -> Value
    ) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.pipeline.run() }
            let value = await body()
            group.cancelAll()
            return value
        }
    }

    /// Sends nothing more: what waits, and what comes, fails as cancelled; what is under way is still answered.
    package func close() async { await self.pipeline.close() }

    /// What was sent so far.
    package var figures: MailFigures {
        get async { await self.pipeline.figures }
    }

    /// The records of a list over all its pages, until there are `max`.
    ///
    /// A page may be short, or empty, and yet not the last (Microsoft Graph, "Paging Microsoft Graph data in your app"). The
    /// link to the next one is followed only when it leads to this Graph: the token goes with it.
    func list<Record: Sendable & Equatable>(
        _ request: MailRequest,
        max: Int,
        _ record: (JSONValue) -> Record?
    ) async throws(Microsoft365Error) -> MailFinding<[Record]> {
        var (records, page): ([Record], MailRequest) = ([], request)
        for _ in 0..<Self.pagesMax {
            let reply = try await self.pipeline.send(page)
            records += try self.records(reply, of: request, record)
            guard records.count < max, let link = reply.body["@odata.nextLink"].string else {
                return MailFinding(records, reply.evidence)
            }
            guard let path = self.address.path(of: link), path.hasPrefix(Self.version + "/") else {
                throw Microsoft365Error(.foreignLink, operation: request.operation)
            }
            page.path = String(path.dropFirst(Self.version.count))
        }
        throw Microsoft365Error(.answerTooLarge, operation: request.operation)
    }

    /// What paths in a batch stand below.
    private static let version = "/v1.0"

    private func records<Record>(
        _ reply: MailReply,
        of request: MailRequest,
        _ record: (JSONValue) -> Record?
    ) throws(Microsoft365Error) -> [Record] {
        guard let values = reply.body["value"].array else { throw self.malformed(request) }
        var records: [Record] = []
        for value in values {
            guard let read = record(value) else { throw self.malformed(request) }
            records.append(read)
        }
        return records
    }

    func malformed(_ request: MailRequest) -> Microsoft365Error {
        Microsoft365Error(
            request.isWrite ? .interrupted : .malformedAnswer,
            operation: request.operation,
            isWrite: request.isWrite
        )
    }
}

extension Microsoft365 {
    /// The tenant's mailboxes; nothing is sent yet.
    ///
    /// `jitter` gives numbers from 0 to 1 for pauses.
    package func mail(
        traffic: MailTraffic,
        patience: MailPatience,
        jitter: @escaping @Sendable () -> Double
    ) -> Mail {
        Mail(
            pipeline: self.graph.mailPipeline(traffic: traffic, patience: patience, jitter: jitter),
            address: self.graph.address
        )
    }
}

extension Graph {
    fileprivate func mailPipeline(
        traffic: MailTraffic,
        patience: MailPatience,
        jitter: @escaping @Sendable () -> Double
    ) -> MailPipeline {
        MailPipeline(
            tenant: self.sender.tenant,
            sender: self.sender,
            address: self.address,
            traffic: traffic,
            patience: patience,
            jitter: jitter
        )
    }
}
