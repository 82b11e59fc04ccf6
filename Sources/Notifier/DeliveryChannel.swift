import Crypto
import Foundation

/// The one way notifications leave by.
package enum DeliveryChannel: Sendable {
    /// A mail to each recipient.
    case mail(any MailTransport, sender: MailSender)
    /// One request for all recipients.
    case webhook(Webhook)

    /// Hands a notification over to recipients; one result for each, in their order.
    ///
    /// `taken` is called as soon as a recipient is served, before the next one is.
    func handOver(
        _ notice: Notice,
        _ content: RenderedNotice,
        language: String,
        recipients: [String],
        taken: ([String]) async -> Void
    ) async -> [(recipient: String, end: HandOver)] {
        switch self {
        case .mail(let transport, let sender):
            var results: [(recipient: String, end: HandOver)] = []
            for recipient in recipients {
                let mail = MailMessage(
                    sender: sender,
                    recipient: recipient,
                    id: Self.messageID(notice.id, recipient: recipient),
                    time: notice.time,
                    language: language,
                    content: content
                )
                let end = await mail.bytes().asyncMap { await transport.handOver($0) } ?? .refused("It is no address.")
                if end == .taken { await taken([recipient]) }
                results.append((recipient, end))
            }
            return results
        case .webhook(let webhook):
            let body = WebhookBody(notice, content, language: language, recipients: recipients)
            let end: HandOver =
                if let bytes = try? JSONEncoder().encode(body) {
                    await webhook.handOver(Array(bytes), id: notice.id)
                } else {
                    .refused("The notification cannot be written as JSON.")
                }
            if end == .taken { await taken(recipients) }
            return recipients.map { ($0, end) }
        }
    }

    /// The event's id and a tag of the recipient, as each copy is a message of its own.
    static func messageID(_ event: String, recipient: String) -> String { "\(event).\(self.tag(of: recipient))" }

    /// Twelve hexadecimal digits that stand for an address where the address itself must not stand.
    static func tag(of recipient: String) -> String {
        SHA256.hash(data: Data(recipient.utf8)).prefix(6).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0\(digits)" : digits
        }.joined()
    }
}

extension Optional {
    /// `map` for a transformation that waits.
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async -> Value) async -> Value? {
        switch self {
        case .some(let value): await transform(value)
        case .none: nil
        }
    }
}
