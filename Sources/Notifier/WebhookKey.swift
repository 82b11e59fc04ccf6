import Crypto
import Foundation

/// The keys a webhook's receiver knows us by, and the signatures made with them.
///
/// As the Standard Webhooks specification has it: HMAC-SHA256 over `<id>.<timestamp>.<body>`, so that a receiver can
/// refuse what was changed, and what is repeated later.
package struct WebhookKey: Sendable {
    private let keys: [SymmetricKey]

    /// Reads a key file: a line `whsec_<base64>` of 24 to 64 bytes; several lines while a key is being changed.
    package init(file text: String) throws(NotifierError) {
        var keys: [SymmetricKey] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("whsec_"), let bytes = Data(base64Encoded: String(line.dropFirst(6))),
                (24...64).contains(bytes.count)
            else {
                throw NotifierError(
                    .setting,
                    "notifier.webhook-key-file must hold lines `whsec_` and 24 to 64 bytes in base64"
                )
            }
            keys.append(SymmetricKey(data: bytes))
        }
        guard !keys.isEmpty else {
            throw NotifierError(.setting, "notifier.webhook-key-file is empty; write a line `whsec_<base64>` into it")
        }
        self.keys = keys
    }

    /// The value of `webhook-signature`: `v1,<base64>` for each key.
    func signature(id: String, timestamp: Int, body: [UInt8]) -> String {
        let signed = Data("\(id).\(timestamp).".utf8) + Data(body)
        return self.keys
            .map { "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: $0)).base64EncodedString() }
            .joined(separator: " ")
    }
}
