package import AMQP
package import Foundation
package import JobModel

extension OutboundMessage {
    /// The content type of every message of ours: CloudEvents 1.0 in structured JSON.
    package static let contentType = "application/cloudevents+json"

    /// Where the broker is to take it.
    package var destination: Destination { Destination(exchange: self.exchange, routingKey: self.routingKey) }

    /// The message as AMQP carries it, persistent.
    package var message: Message {
        Message(
            body: self.body,
            properties: Properties(
                contentType: Self.contentType,
                correlationID: self.correlationID,
                messageID: self.id,
                type: self.type,
                headers: self.headers.mapValues(\.field),
                isPersistent: true,
                timestamp: UInt64(max(0, self.time.timeIntervalSince1970))
            )
        )
    }

    /// A new job for the workers, as a console publishes it.
    ///
    /// `body` is the whole envelope; the parameters repeat what it says.
    package static func job(
        _ id: JobID,
        type: JobType,
        tenant: TenantID,
        headers: JobHeaders,
        time: Date,
        body: [UInt8]
    ) -> OutboundMessage {
        OutboundMessage(
            exchange: JobTopology.jobs,
            routingKey: JobTopology.key(for: type, tenant: tenant),
            id: id.description,
            type: type.messageType,
            correlationID: id.description,
            time: time,
            headers: headers.fields,
            body: body
        )
    }
}

extension HeaderValue {
    var field: FieldValue {
        switch self {
        case .number(let number): .int64(Int64(number))
        case .text(let text): .string(text)
        }
    }
}

extension Connection {
    /// Publishes a message of ours; returns when the broker has taken it for good.
    ///
    /// Always mandatory: a message that no queue takes is an error (`unroutable`), never a loss.
    package func publish(_ message: OutboundMessage) async throws(AMQPError) {
        try await self.publish(message.message, to: message.destination, mandatory: true)
    }

    /// Publishes messages of ours in their order; returns when each has been taken or refused, with what went wrong.
    ///
    /// Always mandatory; the answer has a place for each message, nil where the broker has taken it for good.
    package func publish(_ messages: [OutboundMessage]) async -> [AMQPError?] {
        await self.publish(messages.map { ($0.message, $0.destination) }, mandatory: true)
    }
}
