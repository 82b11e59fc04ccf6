package import AMQP

/// One thing that the broker lacks or has otherwise than `JobTopology` says.
package struct TopologyFinding: Sendable, Equatable, Codable {
    /// What is wrong with it.
    package enum Kind: String, Sendable, Codable {
        /// It does not exist.
        case missing
        /// It exists with other properties or arguments.
        case different
        /// The login may not look at it.
        case forbidden
        /// A policy of the broker overrules an argument.
        case overruled
    }

    /// `exchange job.due` or `queue job.dead`.
    package let object: String
    /// What is wrong.
    package let kind: Kind
    /// The broker's own words.
    package let detail: String
}

extension JobTopology {
    /// Declares everything; safe to repeat.
    ///
    /// Fails with `channelClosed` and the broker's words where something exists with other arguments (406), as a queue's
    /// arguments cannot be changed: it has to be emptied and deleted first.
    package static func apply(on connection: Connection) async throws(AMQPError) {
        for exchange in self.exchanges { try await connection.declareExchange(exchange) }
        for queue in self.queues { _ = try await connection.declareQueue(queue) }
        for binding in self.queueBindings { try await connection.bind(binding) }
        for binding in self.exchangeBindings { try await connection.bindExchange(binding) }
    }

    /// Whether everything is there, by looking alone: what a worker may do with its rights.
    ///
    /// A passive declaration tells missing from there; it does not compare arguments.
    package static func missing(on connection: Connection) async throws(AMQPError) -> [TopologyFinding] {
        var findings: [TopologyFinding] = []
        for exchange in self.exchanges {
            try await self.note("exchange \(exchange.name)", in: &findings) { () async throws(AMQPError) in
                try await connection.checkExchange(exchange.name)
            }
        }
        for queue in self.queues {
            try await self.note("queue \(queue.name)", in: &findings) { () async throws(AMQPError) in
                _ = try await connection.checkQueue(queue.name)
            }
        }
        return findings
    }

    /// Everything missing or different, compared by the broker itself.
    ///
    /// What exists is declared again with our arguments: the broker refuses (406) where they differ, and changes nothing
    /// where they do not. Bindings cannot be read over AMQP 0-9-1; for policies see ``overruled(on:probe:)``.
    package static func differences(on connection: Connection) async throws(AMQPError) -> [TopologyFinding] {
        var findings = try await self.missing(on: connection)
        let absent = Set(findings.map(\.object))
        for exchange in self.exchanges where !absent.contains("exchange \(exchange.name)") {
            try await self.note("exchange \(exchange.name)", in: &findings) { () async throws(AMQPError) in
                try await connection.declareExchange(exchange)
            }
        }
        for queue in self.queues where !absent.contains("queue \(queue.name)") {
            try await self.note("queue \(queue.name)", in: &findings) { () async throws(AMQPError) in
                _ = try await connection.declareQueue(queue)
            }
        }
        return findings
    }

    private static func note(
        _ object: String,
        in findings: inout [TopologyFinding],
        _ look: () async throws(AMQPError) -> Void
    ) async throws(AMQPError) {
        do {
            try await look()
        } catch {
            guard let kind = TopologyFinding.Kind(replyCode: error.replyCode) else { throw error }
            findings.append(TopologyFinding(object: object, kind: kind, detail: error.reason))
        }
    }
}

extension TopologyFinding.Kind {
    /// By the reply codes of AMQP 0-9-1: 404 not found, 406 precondition failed, 403 access refused.
    init?(replyCode: UInt16?) {
        switch replyCode {
        case 404: self = .missing
        case 406: self = .different
        case 403: self = .forbidden
        default: return nil
        }
    }
}
