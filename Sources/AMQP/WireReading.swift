import CRabbitMQ
import Glibc

/// What the broker sent, copied out of the library's memory.
enum Frame: Sendable {
    /// An answer to a request; the status is set where the method carries one.
    case reply(channel: UInt16, method: UInt32, status: QueueStatus?)
    /// The method that announces a message; its header and body follow.
    case opening(channel: UInt16, Assembler.Opening)
    case header(channel: UInt16, size: UInt64, Properties)
    case body(channel: UInt16, [UInt8])
    case confirm(channel: UInt16, number: UInt64, isMultiple: Bool, isAccepted: Bool)
    case cancelled(channel: UInt16, tag: String, wantsReply: Bool)
    case channelClosed(channel: UInt16, replyCode: UInt16, reason: String)
    case connectionClosed(replyCode: UInt16, reason: String)
    case blocked
    case unblocked
    case flow(channel: UInt16, isActive: Bool)
}

extension Wire {
    /// The next frame that is already here, or nil when the socket is dry.
    ///
    /// The only place that reads, and it releases the library's memory after every frame: each channel's pool would
    /// otherwise only grow.
    func next() throws(AMQPError) -> Frame? {
        while true {
            var frame = unsafe amqp_frame_t()
            var zero = timeval()
            let status = unsafe amqp_simple_wait_frame_noblock(state, &frame, &zero)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            guard status == 0 else {
                throw AMQPError(.lost, operation: "read from the broker", reason: Wire.text(of: status))
            }
            defer { unsafe amqp_maybe_release_buffers_on_channel(state, frame.channel) }
            if let decoded = unsafe decode(frame) { return decoded }
        }
    }

    private func decode(_ frame: amqp_frame_t) -> Frame? {
        let channel = unsafe frame.channel
        switch unsafe Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            guard let decoded = unsafe frame.payload.method.decoded else { return nil }
            return unsafe decode(frame.payload.method.id, decoded, channel)
        case AMQP_FRAME_HEADER:
            guard let decoded = unsafe frame.payload.properties.decoded else { return nil }
            let properties = unsafe Properties(decoded.load(as: amqp_basic_properties_t.self))
            return unsafe .header(channel: channel, size: frame.payload.properties.body_size, properties)
        case AMQP_FRAME_BODY:
            return unsafe .body(channel: channel, [UInt8](frame.payload.body_fragment))
        default:
            return nil
        }
    }

    private func decode(_ id: UInt32, _ method: UnsafeMutableRawPointer, _ channel: UInt16) -> Frame? {
        switch id {
        case AMQP_BASIC_DELIVER_METHOD, AMQP_BASIC_GET_OK_METHOD, AMQP_BASIC_RETURN_METHOD:
            return unsafe decodeOpening(id, method).map { .opening(channel: channel, $0) }
        case AMQP_BASIC_ACK_METHOD:
            let ack = unsafe method.load(as: amqp_basic_ack_t.self)
            return .confirm(
                channel: channel,
                number: ack.delivery_tag,
                isMultiple: ack.multiple != 0,
                isAccepted: true
            )
        case AMQP_BASIC_NACK_METHOD:
            let nack = unsafe method.load(as: amqp_basic_nack_t.self)
            return .confirm(
                channel: channel,
                number: nack.delivery_tag,
                isMultiple: nack.multiple != 0,
                isAccepted: false
            )
        case AMQP_BASIC_CANCEL_METHOD:
            let cancel = unsafe method.load(as: amqp_basic_cancel_t.self)
            return unsafe .cancelled(
                channel: channel,
                tag: String(cancel.consumer_tag),
                wantsReply: cancel.nowait == 0
            )
        case AMQP_CHANNEL_CLOSE_METHOD, AMQP_CONNECTION_CLOSE_METHOD:
            return unsafe decodeClose(id, method, channel)
        case AMQP_CONNECTION_BLOCKED_METHOD: return .blocked
        case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
        case AMQP_CHANNEL_FLOW_METHOD:
            return unsafe .flow(channel: channel, isActive: method.load(as: amqp_channel_flow_t.self).active != 0)
        default:
            return unsafe .reply(channel: channel, method: id, status: status(id, method))
        }
    }

    private func decodeClose(_ id: UInt32, _ method: UnsafeMutableRawPointer, _ channel: UInt16) -> Frame? {
        switch id {
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe method.load(as: amqp_channel_close_t.self)
            return unsafe .channelClosed(
                channel: channel,
                replyCode: close.reply_code,
                reason: String(close.reply_text)
            )
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe method.load(as: amqp_connection_close_t.self)
            return unsafe .connectionClosed(replyCode: close.reply_code, reason: String(close.reply_text))
        default:
            return nil
        }
    }

    private func decodeOpening(_ id: UInt32, _ method: UnsafeMutableRawPointer) -> Assembler.Opening? {
        switch id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = unsafe method.load(as: amqp_basic_deliver_t.self)
            return unsafe .delivery(
                tag: deliver.delivery_tag,
                isRedelivered: deliver.redelivered != 0,
                source: Destination(exchange: String(deliver.exchange), routingKey: String(deliver.routing_key))
            )
        case AMQP_BASIC_GET_OK_METHOD:
            let got = unsafe method.load(as: amqp_basic_get_ok_t.self)
            return unsafe .got(
                tag: got.delivery_tag,
                isRedelivered: got.redelivered != 0,
                source: Destination(exchange: String(got.exchange), routingKey: String(got.routing_key))
            )
        case AMQP_BASIC_RETURN_METHOD:
            let returned = unsafe method.load(as: amqp_basic_return_t.self)
            return unsafe .returned(
                replyCode: returned.reply_code,
                reason: String(returned.reply_text),
                destination: Destination(
                    exchange: String(returned.exchange),
                    routingKey: String(returned.routing_key)
                )
            )
        default:
            return nil
        }
    }

    private func status(_ id: UInt32, _ method: UnsafeMutableRawPointer) -> QueueStatus? {
        switch id {
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let ok = unsafe method.load(as: amqp_queue_declare_ok_t.self)
            return unsafe QueueStatus(
                name: String(ok.queue),
                messages: Int(ok.message_count),
                consumers: Int(ok.consumer_count)
            )
        case AMQP_QUEUE_DELETE_OK_METHOD:
            let count = unsafe method.load(as: amqp_queue_delete_ok_t.self).message_count
            return QueueStatus(name: "", messages: Int(count), consumers: 0)
        case AMQP_QUEUE_PURGE_OK_METHOD:
            let count = unsafe method.load(as: amqp_queue_purge_ok_t.self).message_count
            return QueueStatus(name: "", messages: Int(count), consumers: 0)
        default:
            return nil
        }
    }
}

extension Properties {
    /// Copies properties out of a frame.
    fileprivate init(_ raw: amqp_basic_properties_t) {
        func has(_ flag: Int32) -> Bool { unsafe raw._flags & UInt32(flag) != 0 }
        func text(_ bytes: amqp_bytes_t, _ flag: Int32) -> String? { has(flag) ? unsafe String(bytes) : nil }
        self.init(
            contentType: unsafe text(raw.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG),
            contentEncoding: unsafe text(raw.content_encoding, AMQP_BASIC_CONTENT_ENCODING_FLAG),
            correlationID: unsafe text(raw.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG),
            replyTo: unsafe text(raw.reply_to, AMQP_BASIC_REPLY_TO_FLAG),
            expiration: unsafe text(raw.expiration, AMQP_BASIC_EXPIRATION_FLAG),
            messageID: unsafe text(raw.message_id, AMQP_BASIC_MESSAGE_ID_FLAG),
            type: unsafe text(raw.type, AMQP_BASIC_TYPE_FLAG),
            userID: unsafe text(raw.user_id, AMQP_BASIC_USER_ID_FLAG),
            appID: unsafe text(raw.app_id, AMQP_BASIC_APP_ID_FLAG),
            headers: has(AMQP_BASIC_HEADERS_FLAG) ? unsafe FieldTable(raw.headers) : [:],
            isPersistent: unsafe has(AMQP_BASIC_DELIVERY_MODE_FLAG) && raw.delivery_mode == 2,
            priority: has(AMQP_BASIC_PRIORITY_FLAG) ? unsafe raw.priority : nil,
            timestamp: has(AMQP_BASIC_TIMESTAMP_FLAG) ? unsafe raw.timestamp : nil
        )
    }
}
