import CRabbitMQ

/// A request to the broker that it answers, as a value that can wait its turn.
enum Method: Sendable {
    case openChannel
    case closeChannel
    case closeConnection
    case selectConfirms
    case declareExchange(Exchange)
    case checkExchange(String)
    case deleteExchange(String)
    case bindExchange(Binding)
    case unbindExchange(Binding)
    case declareQueue(Queue)
    case checkQueue(String)
    case deleteQueue(String)
    case purgeQueue(String)
    case bindQueue(Binding)
    case unbindQueue(Binding)
    case limitUnsettled(UInt16)
    case consume(queue: String, tag: String, isExclusive: Bool)
    case cancel(tag: String)
    case get(queue: String)

    /// What this does, as a phrase for errors.
    var summary: String {
        switch self {
        case .openChannel: "open a channel"
        case .closeChannel: "close a channel"
        case .closeConnection: "close the connection"
        case .selectConfirms: "switch confirms on"
        case .declareExchange(let exchange): "declare exchange \(exchange.name)"
        case .checkExchange(let name): "check exchange \(name)"
        case .deleteExchange(let name): "delete exchange \(name)"
        case .bindExchange(let binding): "bind exchange \(binding.destination) to \(binding.source)"
        case .unbindExchange(let binding): "unbind exchange \(binding.destination) from \(binding.source)"
        case .declareQueue(let queue): "declare queue \(queue.name)"
        case .checkQueue(let name): "check queue \(name)"
        case .deleteQueue(let name): "delete queue \(name)"
        case .purgeQueue(let name): "purge queue \(name)"
        case .bindQueue(let binding): "bind queue \(binding.destination) to \(binding.source)"
        case .unbindQueue(let binding): "unbind queue \(binding.destination) from \(binding.source)"
        case .limitUnsettled: "limit unsettled deliveries"
        case .consume(let queue, _, _): "consume queue \(queue)"
        case .cancel: "cancel a consumer"
        case .get(let queue): "get from queue \(queue)"
        }
    }

    /// The method that answers this one.
    var reply: UInt32 {
        switch self {
        case .openChannel: AMQP_CHANNEL_OPEN_OK_METHOD
        case .closeChannel: AMQP_CHANNEL_CLOSE_OK_METHOD
        case .closeConnection: AMQP_CONNECTION_CLOSE_OK_METHOD
        case .selectConfirms: AMQP_CONFIRM_SELECT_OK_METHOD
        case .declareExchange, .checkExchange: AMQP_EXCHANGE_DECLARE_OK_METHOD
        case .deleteExchange: AMQP_EXCHANGE_DELETE_OK_METHOD
        case .bindExchange: AMQP_EXCHANGE_BIND_OK_METHOD
        case .unbindExchange: AMQP_EXCHANGE_UNBIND_OK_METHOD
        case .declareQueue, .checkQueue: AMQP_QUEUE_DECLARE_OK_METHOD
        case .deleteQueue: AMQP_QUEUE_DELETE_OK_METHOD
        case .purgeQueue: AMQP_QUEUE_PURGE_OK_METHOD
        case .bindQueue: AMQP_QUEUE_BIND_OK_METHOD
        case .unbindQueue: AMQP_QUEUE_UNBIND_OK_METHOD
        case .limitUnsettled: AMQP_BASIC_QOS_OK_METHOD
        case .consume: AMQP_BASIC_CONSUME_OK_METHOD
        case .cancel: AMQP_BASIC_CANCEL_OK_METHOD
        case .get: AMQP_BASIC_GET_EMPTY_METHOD  // or a message
        }
    }

    /// Whether a channel that is not open yet may carry it.
    var isOpening: Bool {
        if case .openChannel = self { true } else { false }
    }

    /// Whether a connection that is being closed may still carry it.
    var isFarewell: Bool {
        if case .closeConnection = self { true } else { false }
    }

    /// What makes this impossible to send in a frame of `frameSize` bytes, or nil.
    func defect(frameSize: Int) -> String? {
        let (names, arguments) = parts
        if let long = names.first(where: { $0.utf8.count > FieldValue.shortStringBytesMax }) {
            return "a name has \(long.utf8.count) bytes, more than \(FieldValue.shortStringBytesMax)"
        }
        if let defect = arguments.defect() { return defect }
        return arguments.encodedSize + Method.fixedBytesMax > frameSize ? "the arguments do not fit a frame" : nil
    }

    private var parts: (names: [String], arguments: FieldTable) {
        switch self {
        case .openChannel, .closeChannel, .closeConnection, .selectConfirms, .limitUnsettled: ([], [:])
        case .declareExchange(let exchange): ([exchange.name], exchange.arguments)
        case .declareQueue(let queue): ([queue.name], queue.arguments)
        case .bindExchange(let binding), .unbindExchange(let binding), .bindQueue(let binding),
            .unbindQueue(let binding):
            ([binding.source, binding.destination, binding.routingKey], binding.arguments)
        case .checkExchange(let name), .deleteExchange(let name), .checkQueue(let name), .deleteQueue(let name),
            .purgeQueue(let name), .get(let name), .cancel(let name):
            ([name], [:])
        case .consume(let queue, let tag, _): ([queue, tag], [:])
        }
    }

    /// Three short strings, flags and the frame itself.
    private static let fixedBytesMax = 1024
}
