/// Everything that decides how one connection is made and how much it may hold.
package struct ConnectionOptions: Sendable {
    /// Who we are to the broker.
    package enum Credentials: Sendable {
        /// SASL PLAIN.
        case plain(user: String, password: String)
        /// SASL EXTERNAL: the broker takes the name from our TLS certificate.
        case external
    }

    /// The broker's DNS name or IP address.
    package var host: String
    /// The broker's port, 5672 plain and 5671 with TLS by custom.
    package var port: UInt16
    /// The virtual host, "/" unless told otherwise.
    package var virtualHost: String
    /// Who logs in.
    package var credentials: Credentials
    /// TLS when set, plain TCP when nil.
    package var tls: TLSOptions?
    /// The name shown in the broker's list of connections.
    package var connectionName: String
    /// How often each side shows that it lives; two of them without a sign and the connection counts as lost.
    ///
    /// Whole seconds from 1 to 60, 10 unless told otherwise. Less notices a dead peer sooner and risks false alarms
    /// under load (rabbitmq.com, "Detecting Dead TCP Connections with Heartbeats").
    package var heartbeat: Duration
    /// How long TCP and TLS may take, then again the login; 10 s unless told otherwise.
    ///
    /// Name resolution is not covered: it takes what the system's resolver allows.
    package var connectTimeout: Duration
    /// How long the broker may take to answer a request such as a declaration; 10 s unless told otherwise.
    package var callTimeout: Duration
    /// How long a confirm may take while the broker is not blocked; 60 s unless told otherwise.
    package var confirmTimeout: Duration
    /// The largest frame in bytes; 8192 to 1 MiB, 131072 unless told otherwise.
    ///
    /// RabbitMQ 4.1 refuses less than 8192 (rabbitmq.com, "Release notes 4.1.0").
    package var frameSizeMax: Int
    /// How many publishes may await their confirm at once; 1000 unless told otherwise.
    package var confirmWindowMessages: Int
    /// How many bytes of bodies may await their confirm at once; 16 MiB unless told otherwise.
    ///
    /// One message larger than the window goes out alone.
    package var confirmWindowBytes: Int
    /// The largest body in bytes, either way; 16 MiB unless told otherwise, RabbitMQ 4's own default.
    ///
    /// A larger message is refused when published; of one that arrives only the beginning is kept, `Message.cutBytes` says
    /// how much is missing, and what becomes of it is for the consumer to decide.
    package var messageBytesMax: Int
    /// How many bytes of a larger body that arrives are kept; 4 KiB unless told otherwise.
    package var headBytesMax: Int

    /// Makes options with the defaults named at each property.
    package init(
        host: String,
        port: UInt16,
        virtualHost: String = "/",
        credentials: Credentials,
        tls: TLSOptions? = nil,
        connectionName: String = "sluice",
        heartbeat: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(10),
        callTimeout: Duration = .seconds(10),
        confirmTimeout: Duration = .seconds(60),
        frameSizeMax: Int = 131_072,
        confirmWindowMessages: Int = 1000,
        confirmWindowBytes: Int = 16 << 20,
        messageBytesMax: Int = 16 << 20,
        headBytesMax: Int = 4 << 10
    ) {
        self.host = host
        self.port = port
        self.virtualHost = virtualHost
        self.credentials = credentials
        self.tls = tls
        self.connectionName = connectionName
        self.heartbeat = heartbeat
        self.connectTimeout = connectTimeout
        self.callTimeout = callTimeout
        self.confirmTimeout = confirmTimeout
        self.frameSizeMax = frameSizeMax
        self.confirmWindowMessages = confirmWindowMessages
        self.confirmWindowBytes = confirmWindowBytes
        self.messageBytesMax = messageBytesMax
        self.headBytesMax = headBytesMax
    }

    /// Makes options from an `amqp://` or `amqps://` URL and a password that came from elsewhere.
    ///
    /// The form is that of rabbitmq.com, "RabbitMQ URI Specification": `amqp://user@host:port/vhost`, percent-encoded;
    /// no path means the virtual host "/". Without a password the login is `external`, which needs `tls`. Throws
    /// `.invalid` for anything else, and for a password inside the URL.
    package init(
        url: String,
        password: String?,
        tls: TLSOptions? = nil,
        connectionName: String = "sluice"
    ) throws(AMQPError) {
        let parts = try BrokerURL(url)
        guard parts.isSecure || tls == nil else {
            throw ConnectionOptions.refusal("TLS options are set, but the URL says amqp:// and not amqps://")
        }
        let credentials: Credentials
        if let password {
            credentials = .plain(user: parts.user ?? "guest", password: password)
        } else if parts.isSecure {
            credentials = .external
        } else {
            throw ConnectionOptions.refusal("no password was given and amqp:// has no certificate to log in with")
        }
        self.init(
            host: parts.host,
            port: parts.port,
            virtualHost: parts.virtualHost,
            credentials: credentials,
            tls: parts.isSecure ? (tls ?? TLSOptions()) : nil,
            connectionName: connectionName
        )
    }

    /// What makes these options unusable, or nil.
    var defect: String? {
        if host.isEmpty { return "the host is empty" }
        if !(Duration.seconds(1)...Duration.seconds(60)).contains(heartbeat) {
            return "the heartbeat must be between 1 and 60 seconds"
        }
        if !(8192...1_048_576).contains(frameSizeMax) { return "the frame size must be between 8192 and 1048576" }
        if confirmWindowMessages < 1 || confirmWindowBytes < 1 { return "the confirm window must be positive" }
        if messageBytesMax < 1 { return "the largest message must be positive" }
        if headBytesMax < 0 { return "the beginning of a message cannot be negative" }
        if case .external = credentials, tls?.certificateFile == nil {
            return "a login by certificate needs TLS with a certificate file"
        }
        if tls?.certificateFile != nil, tls?.keyFile == nil { return "a certificate file needs its key file" }
        let texts = [host, virtualHost, connectionName]
        return texts.contains { $0.utf8.count > 255 || $0.utf8.contains(0) } ? "a name is too long or holds a NUL" : nil
    }

    static func refusal(_ reason: String) -> AMQPError {
        AMQPError(.invalid, operation: "read the connection settings", reason: reason)
    }
}
