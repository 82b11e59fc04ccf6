/// A body and what is written on its envelope.
package struct Message: Sendable, Equatable {
    /// The payload, any bytes, bounded by `ConnectionOptions.messageBytesMax`.
    package var body: [UInt8]
    /// How many bytes of the body were dropped when it arrived, as it was over that bound; `body` is then its beginning.
    package var cutBytes = 0
    /// The envelope.
    package var properties: Properties

    /// Whether `body` is only the beginning of what was sent.
    package var isTruncated: Bool { cutBytes > 0 }

    /// How many bytes the body had when it was sent.
    package var size: Int { body.count + cutBytes }

    /// Makes a message.
    package init(body: [UInt8], properties: Properties = Properties()) {
        self.body = body
        self.properties = properties
    }
}

/// The standard properties of an AMQP 0-9-1 message (class basic).
///
/// Every text has at most 255 bytes of UTF-8, and all of them together with the headers must fit one frame.
package struct Properties: Sendable, Equatable {
    /// The media type of the body.
    package var contentType: String?
    /// How the body is encoded, such as `gzip`.
    package var contentEncoding: String?
    /// Which conversation the message belongs to.
    package var correlationID: String?
    /// Where an answer is wanted, by custom a queue's name.
    package var replyTo: String?
    /// Time to live in milliseconds, as decimal digits (rabbitmq.com, "Time-To-Live and Expiration").
    package var expiration: String?
    /// The sender's id of the message; returns are told apart by it.
    package var messageID: String?
    /// The sender's name for the kind of message.
    package var type: String?
    /// Checked by the broker against the login when set (rabbitmq.com, "Validated User-ID").
    package var userID: String?
    /// The sender's name for itself.
    package var appID: String?
    /// Free fields; their keys have at most 255 bytes.
    package var headers: FieldTable
    /// Whether the broker writes the message to disk before it confirms it.
    package var isPersistent: Bool
    /// 0 to 9 by custom; RabbitMQ 3 ignores it on quorum queues.
    package var priority: UInt8?
    /// Seconds since 1970, UTC.
    package var timestamp: UInt64?

    /// Makes properties; what is nil is absent on the wire.
    package init(
        contentType: String? = nil,
        contentEncoding: String? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil,
        messageID: String? = nil,
        type: String? = nil,
        userID: String? = nil,
        appID: String? = nil,
        headers: FieldTable = [:],
        isPersistent: Bool = true,
        priority: UInt8? = nil,
        timestamp: UInt64? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.type = type
        self.userID = userID
        self.appID = appID
        self.headers = headers
        self.isPersistent = isPersistent
        self.priority = priority
        self.timestamp = timestamp
    }
}

/// Where a message goes to, or came by: an exchange and a routing key.
package struct Destination: Sendable, Hashable {
    /// The exchange; the empty name is the default exchange, which knows every queue by its name.
    package let exchange: String
    /// The routing key, at most 255 bytes.
    package let routingKey: String

    /// Makes a destination.
    package init(exchange: String, routingKey: String) {
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// The queue of that name, by way of the default exchange.
    package static func queue(_ name: String) -> Destination {
        Destination(exchange: "", routingKey: name)
    }
}

extension Properties {
    /// Every short text in here, by the name used in a refusal.
    private var texts: [(name: String, text: String?)] {
        [
            ("content type", contentType), ("content encoding", contentEncoding), ("correlation id", correlationID),
            ("reply-to", replyTo), ("expiration", expiration), ("message id", messageID), ("type", type),
            ("user id", userID), ("app id", appID),
        ]
    }

    /// Bytes of the content header frame's payload: class, weight, body size, flags, then the properties.
    var encodedSize: Int {
        let numbers = 1 + (priority == nil ? 0 : 1) + (timestamp == nil ? 0 : 8)
        let table = headers.isEmpty ? 0 : headers.encodedSize
        return texts.reduce(14 + numbers + table) { $0 + ($1.text.map { 1 + $0.utf8.count } ?? 0) }
    }

    /// What makes these properties impossible to send in a frame of `frameSize` bytes, or nil.
    ///
    /// librabbitmq notices only after it has sent the method frame, and the next publish would then cost the
    /// connection; hence the check here.
    func defect(frameSize: Int) -> String? {
        for (name, text) in texts {
            guard let text, text.utf8.count > FieldValue.shortStringBytesMax else { continue }
            return "the \(name) has \(text.utf8.count) bytes, more than \(FieldValue.shortStringBytesMax)"
        }
        if let expiration, UInt32(expiration) == nil { return "the expiration is not a number of milliseconds" }
        if let defect = headers.defect() { return defect }
        let size = encodedSize + Properties.frameOverhead
        return size > frameSize ? "the properties take \(size) bytes, more than a frame of \(frameSize)" : nil
    }

    /// Frame header and end take 8 bytes; the rest is slack for what the library adds.
    private static let frameOverhead = 64
}
