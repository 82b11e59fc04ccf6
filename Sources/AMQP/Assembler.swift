/// Puts a message together from its method, header and body frames, one assembler per channel.
///
/// Frames of other channels may come in between, those of the same channel may not (AMQP 0-9-1, section 4.2.6).
struct Assembler {
    /// What kind of message is arriving.
    enum Opening: Equatable {
        case delivery(tag: UInt64, isRedelivered: Bool, source: Destination)
        case got(tag: UInt64, isRedelivered: Bool, source: Destination)
        case returned(replyCode: UInt16, reason: String, destination: Destination)
    }

    /// A message that is complete, or was too large to be kept.
    struct Content: Equatable {
        let opening: Opening
        /// Nil when the body was larger than the limit.
        let message: Message?
    }

    /// The peer broke the order of frames; the connection cannot be read on.
    struct Disorder: Error, Equatable {}

    private struct Partial {
        var opening: Opening
        var properties: Properties?
        var body: [UInt8] = []
        var missing: UInt64 = 0
        var isTooLarge = false
    }

    let bytesMax: Int
    private var partial: Partial?

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// A method that announces a message.
    mutating func begin(_ opening: Opening) throws(Disorder) {
        guard partial == nil else { throw Disorder() }
        partial = Partial(opening: opening)
    }

    /// The content header; the message is complete here when its body is empty.
    mutating func header(size: UInt64, properties: Properties) throws(Disorder) -> Content? {
        guard var current = partial, current.properties == nil else { throw Disorder() }
        current.properties = properties
        current.missing = size
        // The size is the peer's word, so it is checked before anything is reserved.
        current.isTooLarge = size > UInt64(bytesMax)
        if !current.isTooLarge { current.body.reserveCapacity(Int(size)) }
        return take(current)
    }

    /// A piece of the body.
    mutating func body(_ bytes: [UInt8]) throws(Disorder) -> Content? {
        guard var current = partial, current.properties != nil, current.missing >= UInt64(bytes.count) else {
            throw Disorder()
        }
        partial = nil  // so that the body is not copied
        current.missing -= UInt64(bytes.count)
        if !current.isTooLarge { current.body += bytes }
        return take(current)
    }

    private mutating func take(_ current: Partial) -> Content? {
        guard current.missing == 0, let properties = current.properties else {
            partial = current
            return nil
        }
        partial = nil
        let message = current.isTooLarge ? nil : Message(body: current.body, properties: properties)
        return Content(opening: current.opening, message: message)
    }
}
