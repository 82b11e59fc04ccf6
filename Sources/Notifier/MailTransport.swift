/// A way for one mail to one recipient, who stands in its `To`.
package protocol MailTransport: Sendable {
    /// Hands a mail over and waits for the verdict, or for the deadline.
    func handOver(_ mail: [UInt8]) async -> HandOver
}
