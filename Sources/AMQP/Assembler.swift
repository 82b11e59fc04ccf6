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

    /// A message that is complete, though of one over the limit only the beginning is kept.
    struct Content: Equatable {
        let opening: Opening
        let message: Message
    }

    /// The peer broke the order of frames; the connection cannot be read on.
    struct Disorder: Error, Equatable {}

    private struct Partial {
        var opening: Opening
        var properties: Properties?
        var body: [UInt8] = []
        var size: UInt64 = 0
        var missing: UInt64 = 0
        var keptMax = 0
    }

    let bytesMax: Int
    let headBytesMax: Int
    private var partial: Partial?

    /// Bodies up to `bytesMax` are kept whole, of larger ones the first `headBytesMax` bytes.
    init(bytesMax: Int, headBytesMax: Int) {
        self.bytesMax = bytesMax
        self.headBytesMax = min(headBytesMax, bytesMax)
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
        (current.size, current.missing) = (size, size)
        // The size is the peer's word, so it is checked before anything is reserved.
        current.keptMax = size > UInt64(bytesMax) ? headBytesMax : Int(size)
        current.body.reserveCapacity(current.keptMax)
        return take(current)
    }

    /// A piece of the body.
    mutating func body(_ bytes: [UInt8]) throws(Disorder) -> Content? {
        guard var current = partial, current.properties != nil, current.missing >= UInt64(bytes.count) else {
            throw Disorder()
        }
        partial = nil  // so that the body is not copied
        current.missing -= UInt64(bytes.count)
        current.body += bytes.prefix(current.keptMax - current.body.count)
        return take(current)
    }

    private mutating func take(_ current: Partial) -> Content? {
        guard current.missing == 0, let properties = current.properties else {
            partial = current
            return nil
        }
        partial = nil
        var message = Message(body: current.body, properties: properties)
        message.cutBytes = Int(clamping: current.size - UInt64(current.body.count))
        return Content(opening: current.opening, message: message)
    }
}
