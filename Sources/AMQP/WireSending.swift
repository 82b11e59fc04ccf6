import CRabbitMQ
import Glibc

extension Wire {
    /// Sends a request.
    func send(_ method: Method, on channel: UInt16) throws(AMQPError) {
        defer { scratch.reset() }
        switch method {
        case .openChannel: try unsafe emit(AMQP_CHANNEL_OPEN_METHOD, unsafe amqp_channel_open_t(), channel)
        case .closeChannel: try unsafe emit(AMQP_CHANNEL_CLOSE_METHOD, closeChannelMethod, channel)
        case .closeConnection: try unsafe emit(AMQP_CONNECTION_CLOSE_METHOD, closeConnectionMethod, channel)
        case .selectConfirms: try emit(AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t(), channel)
        case .limitUnsettled(let count):
            let limit = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: count, global: 0)
            try emit(AMQP_BASIC_QOS_METHOD, limit, channel)
        case .consume(let queue, let tag, let isExclusive):
            try consume(queue, tag: tag, isExclusive: isExclusive, channel)
        case .cancel(let tag):
            let cancel = unsafe amqp_basic_cancel_t(consumer_tag: scratch.bytes(tag), nowait: 0)
            try unsafe emit(AMQP_BASIC_CANCEL_METHOD, unsafe cancel, channel)
        case .get(let queue):
            let get = unsafe amqp_basic_get_t(ticket: 0, queue: scratch.bytes(queue), no_ack: 0)
            try unsafe emit(AMQP_BASIC_GET_METHOD, unsafe get, channel)
        case .declareExchange, .checkExchange, .deleteExchange, .bindExchange, .unbindExchange:
            try sendExchangeMethod(method, channel)
        case .declareQueue, .checkQueue, .deleteQueue, .purgeQueue, .bindQueue, .unbindQueue:
            try sendQueueMethod(method, channel)
        }
    }

    private func sendExchangeMethod(_ method: Method, _ channel: UInt16) throws(AMQPError) {
        switch method {
        case .declareExchange(let exchange): try declare(exchange, isPassive: false, channel)
        case .checkExchange(let name): try declare(Exchange(name: name, kind: .direct), isPassive: true, channel)
        case .deleteExchange(let name):
            var delete = unsafe amqp_exchange_delete_t()
            unsafe delete.exchange = scratch.bytes(name)
            try unsafe emit(AMQP_EXCHANGE_DELETE_METHOD, unsafe delete, channel)
        case .bindExchange(let binding):
            var bind = unsafe amqp_exchange_bind_t()
            unsafe bind.destination = scratch.bytes(binding.destination)
            unsafe bind.source = scratch.bytes(binding.source)
            unsafe bind.routing_key = scratch.bytes(binding.routingKey)
            unsafe bind.arguments = scratch.table(binding.arguments)
            try unsafe emit(AMQP_EXCHANGE_BIND_METHOD, unsafe bind, channel)
        case .unbindExchange(let binding):
            var unbind = unsafe amqp_exchange_unbind_t()
            unsafe unbind.destination = scratch.bytes(binding.destination)
            unsafe unbind.source = scratch.bytes(binding.source)
            unsafe unbind.routing_key = scratch.bytes(binding.routingKey)
            unsafe unbind.arguments = scratch.table(binding.arguments)
            try unsafe emit(AMQP_EXCHANGE_UNBIND_METHOD, unsafe unbind, channel)
        default: preconditionFailure("not a method of exchanges")
        }
    }

    private func sendQueueMethod(_ method: Method, _ channel: UInt16) throws(AMQPError) {
        switch method {
        case .declareQueue(let queue): try declare(queue, isPassive: false, channel)
        case .checkQueue(let name): try declare(Queue(name: name), isPassive: true, channel)
        case .deleteQueue(let name):
            var delete = unsafe amqp_queue_delete_t()
            unsafe delete.queue = scratch.bytes(name)
            try unsafe emit(AMQP_QUEUE_DELETE_METHOD, unsafe delete, channel)
        case .purgeQueue(let name):
            var purge = unsafe amqp_queue_purge_t()
            unsafe purge.queue = scratch.bytes(name)
            try unsafe emit(AMQP_QUEUE_PURGE_METHOD, unsafe purge, channel)
        case .bindQueue(let binding):
            var bind = unsafe amqp_queue_bind_t()
            unsafe bind.queue = scratch.bytes(binding.destination)
            unsafe bind.exchange = scratch.bytes(binding.source)
            unsafe bind.routing_key = scratch.bytes(binding.routingKey)
            unsafe bind.arguments = scratch.table(binding.arguments)
            try unsafe emit(AMQP_QUEUE_BIND_METHOD, unsafe bind, channel)
        case .unbindQueue(let binding):
            var unbind = unsafe amqp_queue_unbind_t()
            unsafe unbind.queue = scratch.bytes(binding.destination)
            unsafe unbind.exchange = scratch.bytes(binding.source)
            unsafe unbind.routing_key = scratch.bytes(binding.routingKey)
            unsafe unbind.arguments = scratch.table(binding.arguments)
            try unsafe emit(AMQP_QUEUE_UNBIND_METHOD, unsafe unbind, channel)
        default: preconditionFailure("not a method of queues")
        }
    }

    private func declare(_ exchange: Exchange, isPassive: Bool, _ channel: UInt16) throws(AMQPError) {
        var declare = unsafe amqp_exchange_declare_t()
        unsafe declare.exchange = scratch.bytes(exchange.name)
        unsafe declare.type = scratch.bytes(exchange.kind.rawValue)
        unsafe declare.passive = isPassive ? 1 : 0
        unsafe declare.durable = exchange.isDurable ? 1 : 0
        unsafe declare.auto_delete = exchange.isAutoDelete ? 1 : 0
        unsafe declare.internal = exchange.isInternal ? 1 : 0
        unsafe declare.arguments = scratch.table(exchange.arguments)
        try unsafe emit(AMQP_EXCHANGE_DECLARE_METHOD, unsafe declare, channel)
    }

    private func declare(_ queue: Queue, isPassive: Bool, _ channel: UInt16) throws(AMQPError) {
        var declare = unsafe amqp_queue_declare_t()
        unsafe declare.queue = scratch.bytes(queue.name)
        unsafe declare.passive = isPassive ? 1 : 0
        unsafe declare.durable = queue.isDurable ? 1 : 0
        unsafe declare.exclusive = queue.isExclusive ? 1 : 0
        unsafe declare.auto_delete = queue.isAutoDelete ? 1 : 0
        unsafe declare.arguments = scratch.table(queue.arguments)
        try unsafe emit(AMQP_QUEUE_DECLARE_METHOD, unsafe declare, channel)
    }

    private func consume(_ queue: String, tag: String, isExclusive: Bool, _ channel: UInt16) throws(AMQPError) {
        var consume = unsafe amqp_basic_consume_t()
        unsafe consume.queue = scratch.bytes(queue)
        unsafe consume.consumer_tag = scratch.bytes(tag)
        unsafe consume.exclusive = isExclusive ? 1 : 0
        try unsafe emit(AMQP_BASIC_CONSUME_METHOD, unsafe consume, channel)
    }

    /// Tells the broker what became of a delivery.
    func send(_ acknowledgement: Acknowledgement, on channel: UInt16) throws(AMQPError) {
        let multiple: amqp_boolean_t = acknowledgement.isMultiple ? 1 : 0
        switch acknowledgement.settlement {
        case .acknowledge:
            let ack = amqp_basic_ack_t(delivery_tag: acknowledgement.tag, multiple: multiple)
            try emit(AMQP_BASIC_ACK_METHOD, ack, channel)
        case .requeue, .reject:
            let requeue: amqp_boolean_t = acknowledgement.settlement == .requeue ? 1 : 0
            let nack = amqp_basic_nack_t(delivery_tag: acknowledgement.tag, multiple: multiple, requeue: requeue)
            try emit(AMQP_BASIC_NACK_METHOD, nack, channel)
        }
    }

    /// Answers what the broker sends unasked.
    func answerChannelClose(on channel: UInt16) throws(AMQPError) {
        try emit(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t(), channel)
    }

    func answerConnectionClose() throws(AMQPError) {
        try emit(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(), 0)
    }

    func answerFlow(_ isActive: Bool, on channel: UInt16) throws(AMQPError) {
        try emit(AMQP_CHANNEL_FLOW_OK_METHOD, amqp_channel_flow_ok_t(active: isActive ? 1 : 0), channel)
    }

    func answerCancel(tag: String, on channel: UInt16) throws(AMQPError) {
        defer { scratch.reset() }
        try unsafe emit(
            AMQP_BASIC_CANCEL_OK_METHOD,
            unsafe amqp_basic_cancel_ok_t(consumer_tag: scratch.bytes(tag)),
            channel
        )
    }

    func sendHeartbeat() throws(AMQPError) {
        var frame = unsafe amqp_frame_t()
        unsafe frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
        try check(unsafe amqp_send_frame(state, &frame))
    }

    /// Joins the small frames of a turn into full segments; switched off, what is held goes out.
    func cork(_ isCorked: Bool) {
        _ = crmq_set_int(descriptor, Int32(IPPROTO_TCP), TCP_CORK, isCorked ? 1 : 0)
    }

    /// Whether so many bytes can be written without blocking, `creditBytes` at most.
    ///
    /// The kernel says "writable" when a third of its send buffer is free, which covers one credit; so it is asked once
    /// a credit and not once a frame.
    func hasRoom(for byteCount: Int) -> Bool {
        if credit < byteCount {
            guard crmq_is_writable(descriptor) == 1 else { return false }
            credit = Wire.creditBytes
        }
        credit -= min(byteCount, credit)
        return true
    }

    static let creditBytes = 64 << 10

    func emit<M: BitwiseCopyable>(_ id: UInt32, _ method: M, _ channel: UInt16) throws(AMQPError) {
        var method = method
        try check(unsafe amqp_send_method(state, channel, id, &method))
    }

    func check(_ status: Int32) throws(AMQPError) {
        guard status != 0 else { return }
        throw AMQPError(.lost, operation: "write to the broker", reason: Wire.text(of: status))
    }

    private var closeChannelMethod: amqp_channel_close_t {
        var close = unsafe amqp_channel_close_t()
        unsafe close.reply_code = Wire.success
        return unsafe close
    }

    private var closeConnectionMethod: amqp_connection_close_t {
        var close = unsafe amqp_connection_close_t()
        unsafe close.reply_code = Wire.success
        return unsafe close
    }

    private static let success: UInt16 = 200
}
