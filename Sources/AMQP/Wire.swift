import CRabbitMQ
import Glibc

/// The C connection, from the first TCP packet to its release; used on the loop's thread only.
///
/// After the login no synchronous function of the library is called: methods are sent, frames are read at one place,
/// and answers are matched by `Connection`. Any error but "nothing there yet" ends the connection.
@safe final class Wire {
    let state: amqp_connection_state_t
    let scratch = Scratch()
    private(set) var descriptor: Int32 = -1
    /// The negotiated heartbeat; zero when the broker wants none.
    private(set) var heartbeat: Duration = .zero
    private(set) var frameSizeMax = 0
    private(set) var channelMax: UInt16 = 0
    private(set) var serverProperties: FieldTable = [:]
    var credit = 0

    /// Connects and logs in; blocks for as long as `options` allow.
    init(_ options: ConnectionOptions) throws(AMQPError) {
        guard let state = unsafe amqp_new_connection() else { throw Wire.failure("out of memory") }
        unsafe self.state = unsafe state
        try connect(options)
        try logIn(options)
        tune(options)
    }

    deinit {
        unsafe amqp_destroy_connection(state)
    }

    private func connect(_ options: ConnectionOptions) throws(AMQPError) {
        let socket = unsafe options.tls == nil ? amqp_tcp_socket_new(state) : amqp_ssl_socket_new(state)
        guard let socket = unsafe socket else { throw Wire.failure("no socket could be made") }
        if let tls = options.tls { try unsafe secure(socket, tls, host: options.host) }
        var timeout = timeval(options.connectTimeout)
        let status = unsafe amqp_socket_open_noblock(socket, options.host, Int32(options.port), &timeout)
        var place = "\(options.host):\(options.port)"
        if status != 0, options.tls != nil, let refusal = unsafe crmq_tls_refusal(socket) {
            place += unsafe ": the broker's certificate is refused (\(String(cString: refusal)))"
        }
        try check(status, at: place)
        descriptor = unsafe amqp_get_sockfd(state)
    }

    /// Sets what is verified and shown; the files are read here.
    private func secure(_ socket: OpaquePointer, _ tls: TLSOptions, host: String) throws(AMQPError) {
        if let caFile = tls.caFile {
            try check(unsafe amqp_ssl_socket_set_cacert(socket, caFile), at: "the authorities in \(caFile)")
        }
        if let certificate = tls.certificateFile, let key = tls.keyFile {
            try check(unsafe amqp_ssl_socket_set_key(socket, certificate, key), at: "the certificate in \(certificate)")
        }
        let name = tls.serverName ?? host
        let isSet = unsafe crmq_tls_verify(
            socket,
            name,
            tls.caFile == nil ? 1 : 0,
            tls.minimumVersion == .tls13 ? 1 : 0
        )
        guard isSet == 1 else { throw Wire.failure("OpenSSL refused the verification of \(name)") }
    }

    /// Names the capabilities itself, as librabbitmq 0.11 declares neither cancel nor blocked notifications.
    private func logIn(_ options: ConnectionOptions) throws(AMQPError) {
        let wanted = ["consumer_cancel_notify", "connection.blocked", "publisher_confirms", "basic.nack"]
        let capabilities = FieldTable(uniqueKeysWithValues: wanted.map { ($0, FieldValue.bool(true)) })
        var properties = unsafe scratch.table([
            "connection_name": .string(options.connectionName), "capabilities": .table(capabilities),
        ])
        defer { scratch.reset() }
        var timeout = timeval(options.connectTimeout)
        _ = unsafe amqp_set_handshake_timeout(state, &timeout)
        let frameSize = Int32(options.frameSizeMax)
        let seconds = Int32(options.heartbeat.components.seconds)
        let reply =
            switch options.credentials {
            case .plain(let user, let password):
                unsafe crmq_login_plain(state, options.virtualHost, 0, frameSize, seconds, &properties, user, password)
            case .external:
                unsafe crmq_login_external(state, options.virtualHost, 0, frameSize, seconds, &properties)
            }
        try unsafe checkLogin(reply)
    }

    private func checkLogin(_ reply: amqp_rpc_reply_t) throws(AMQPError) {
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            guard unsafe reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD,
                let close = unsafe reply.reply.decoded?.load(as: amqp_connection_close_t.self)
            else { throw Wire.failure("the broker broke off the login") }
            throw unsafe AMQPError(
                .refused,
                operation: Wire.opening,
                replyCode: close.reply_code,
                reason: String(close.reply_text)
            )
        default:
            let status = unsafe reply.library_error
            // TLS 1.3 asks for our certificate after our side is through; the alert is often lost when the broker hangs up.
            let hint = "the broker hung up at the login, as one does that wants a client certificate it trusts"
            try check(status, at: status == AMQP_STATUS_SSL_ERROR.rawValue ? hint : "login")
            throw Wire.failure("the login ended without a result")
        }
    }

    /// Takes what was negotiated, and the heartbeats out of the library's hands.
    ///
    /// With its own timers on, librabbitmq 0.11 blocks for ever in a publish when the broker has been silent for two
    /// heartbeats (alanxz/rabbitmq-c issue 780).
    private func tune(_ options: ConnectionOptions) {
        heartbeat = unsafe .seconds(Int(amqp_get_heartbeat(state)))
        frameSizeMax = unsafe Int(amqp_get_frame_max(state))
        channelMax = unsafe UInt16(clamping: amqp_get_channel_max(state))
        _ = unsafe amqp_tune_connection(state, amqp_get_channel_max(state), amqp_get_frame_max(state), 0)
        if let table = unsafe amqp_get_server_properties(state) {
            serverProperties = unsafe FieldTable(table.pointee)
        }
        let patience = Int32(clamping: Int64(heartbeat * 2 / .milliseconds(1)))
        _ = crmq_set_int(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, patience)
        _ = crmq_set_int(descriptor, SOL_SOCKET, SO_SNDBUF, Wire.sendBufferBytes)
    }

    /// Throws for a negative status of the library while connecting.
    private func check(_ status: Int32, at place: String) throws(AMQPError) {
        guard status != 0 else { return }
        throw Wire.failure("\(place): \(Wire.text(of: status))")
    }

    static func text(of status: Int32) -> String {
        if status == AMQP_STATUS_SSL_ERROR.rawValue, let complaint = unsafe crmq_tls_complaint() {
            return unsafe "TLS: \(String(cString: complaint))"
        }
        return unsafe amqp_error_string2(status).map { unsafe String(cString: $0) } ?? "error \(status)"
    }

    private static func failure(_ reason: String) -> AMQPError {
        AMQPError(.unreachable, operation: opening, reason: reason)
    }

    private static let opening = "connect to the broker"
    /// Large enough that a whole credit fits once the kernel says it takes more (see `hasRoom`).
    private static let sendBufferBytes: Int32 = 1 << 20
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
