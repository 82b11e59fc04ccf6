package import Foundation

/// A message that a worker has decided to send, as the ledger keeps it until the broker has confirmed it.
///
/// `id`, `type`, `correlationID` and `timestamp` repeat the envelope's attributes as AMQP properties (schemas/asyncapi.yaml).
package struct OutboundMessage: Sendable, Equatable {
    /// The exchange.
    package var exchange: String
    /// The routing key.
    package var routingKey: String
    /// The envelope's `id`; nil for a dead letter whose envelope could not be read.
    package var id: String?
    /// The envelope's `type`; nil likewise.
    package var type: String?
    /// The job it belongs to; nil likewise.
    package var correlationID: String?
    /// When it was decided on.
    package var time: Date
    /// Headers of ours.
    package var headers: [String: HeaderValue]
    /// The body.
    package var body: [UInt8]

    /// Collects the parts.
    package init(
        exchange: String,
        routingKey: String,
        id: String?,
        type: String?,
        correlationID: String?,
        time: Date,
        headers: [String: HeaderValue],
        body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.id = id
        self.type = type
        self.correlationID = correlationID
        self.time = time
        self.headers = headers
        self.body = body
    }
}

/// The value of a header of ours: a number or a text.
package enum HeaderValue: Sendable, Hashable, Codable {
    /// A whole number.
    case number(Int)
    /// A text.
    case text(String)

    /// Reads a JSON number or string.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    /// Writes a JSON number or string.
    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        }
    }
}
