import CRabbitMQ

/// The C client underneath.
package enum ClientVersion {
    /// The version of librabbitmq that this process runs with, such as `0.11.0`.
    package static let librabbitmq = unsafe String(cString: amqp_version())
}
