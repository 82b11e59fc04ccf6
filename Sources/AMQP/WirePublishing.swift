import CRabbitMQ

extension Wire {
    /// Sends the method and the header of a publish; the body follows in fragments.
    func sendHead(of message: Message, to destination: Destination, isMandatory: Bool, on channel: UInt16)
        throws(AMQPError)
    {
        defer { scratch.reset() }
        var publish = unsafe amqp_basic_publish_t()
        unsafe publish.exchange = scratch.bytes(destination.exchange)
        unsafe publish.routing_key = scratch.bytes(destination.routingKey)
        unsafe publish.mandatory = isMandatory ? 1 : 0
        try unsafe emit(AMQP_BASIC_PUBLISH_METHOD, unsafe publish, channel)
        var properties = unsafe encode(message.properties)
        try unsafe sendHeader(&properties, size: message.body.count, on: channel)
    }

    private func sendHeader(
        _ properties: UnsafeMutablePointer<amqp_basic_properties_t>,
        size: Int,
        on channel: UInt16
    ) throws(AMQPError) {
        var frame = unsafe amqp_frame_t()
        unsafe frame.frame_type = UInt8(AMQP_FRAME_HEADER)
        unsafe frame.channel = channel
        unsafe frame.payload.properties.class_id = UInt16(AMQP_BASIC_CLASS)
        unsafe frame.payload.properties.body_size = UInt64(size)
        unsafe frame.payload.properties.decoded = UnsafeMutableRawPointer(properties)
        try check(unsafe amqp_send_frame(state, &frame))
    }

    /// Sends the next piece of a body and returns where it ends.
    func sendFragment(of body: [UInt8], from start: Int, on channel: UInt16) throws(AMQPError) -> Int {
        let end = min(body.count, start + fragmentBytes)
        let status = unsafe body.withUnsafeBytes { bytes in
            var frame = unsafe amqp_frame_t()
            unsafe frame.frame_type = UInt8(AMQP_FRAME_BODY)
            unsafe frame.channel = channel
            let piece = unsafe UnsafeMutableRawBufferPointer(
                mutating: UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            )
            unsafe frame.payload.body_fragment = amqp_bytes_t(len: piece.count, bytes: piece.baseAddress)
            return unsafe amqp_send_frame(state, &frame)
        }
        try check(status)
        return end
    }

    /// The largest piece: what a frame takes, and no more than can be written without blocking.
    var fragmentBytes: Int { min(frameSizeMax - 8, Wire.creditBytes) }

    private func encode(_ properties: Properties) -> amqp_basic_properties_t {
        var encoded = unsafe amqp_basic_properties_t()
        unsafe encoded._flags = UInt32(AMQP_BASIC_DELIVERY_MODE_FLAG)
        unsafe encoded.delivery_mode = properties.isPersistent ? 2 : 1
        unsafe encodeTexts(properties, into: &encoded)
        if !properties.headers.isEmpty {
            unsafe encoded.headers = scratch.table(properties.headers)
            unsafe encoded._flags |= UInt32(AMQP_BASIC_HEADERS_FLAG)
        }
        if let priority = properties.priority {
            unsafe encoded.priority = priority
            unsafe encoded._flags |= UInt32(AMQP_BASIC_PRIORITY_FLAG)
        }
        if let timestamp = properties.timestamp {
            unsafe encoded.timestamp = timestamp
            unsafe encoded._flags |= UInt32(AMQP_BASIC_TIMESTAMP_FLAG)
        }
        return unsafe encoded
    }

    private func encodeTexts(_ properties: Properties, into encoded: inout amqp_basic_properties_t) {
        func set(_ text: String?, _ field: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>, _ flag: Int32) {
            guard let text else { return }
            unsafe encoded[keyPath: field] = scratch.bytes(text)
            unsafe encoded._flags |= UInt32(flag)
        }
        unsafe set(properties.contentType, \.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG)
        unsafe set(properties.contentEncoding, \.content_encoding, AMQP_BASIC_CONTENT_ENCODING_FLAG)
        unsafe set(properties.correlationID, \.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG)
        unsafe set(properties.replyTo, \.reply_to, AMQP_BASIC_REPLY_TO_FLAG)
        unsafe set(properties.expiration, \.expiration, AMQP_BASIC_EXPIRATION_FLAG)
        unsafe set(properties.messageID, \.message_id, AMQP_BASIC_MESSAGE_ID_FLAG)
        unsafe set(properties.type, \.type, AMQP_BASIC_TYPE_FLAG)
        unsafe set(properties.userID, \.user_id, AMQP_BASIC_USER_ID_FLAG)
        unsafe set(properties.appID, \.app_id, AMQP_BASIC_APP_ID_FLAG)
    }
}
