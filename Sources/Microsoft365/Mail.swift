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
    /// How many addresses one question to the directory names: Graph takes 15 alternatives in a filter.
    static let addressesMax = 15
    /// How many folders a mailbox's top level is read to.
    static let foldersMax = 500

    let pipeline: MailPipeline

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

    func list<Record>(
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
        Mail(pipeline: self.graph.mailPipeline(traffic: traffic, patience: patience, jitter: jitter))
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
