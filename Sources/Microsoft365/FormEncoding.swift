import Foundation

extension String {
    /// Percent-encoded for a form or a query: only RFC 3986's unreserved characters stay, so a `+` survives.
    var formEncoded: String {
        var text = ""
        for byte in self.utf8 {
            if Self.unreserved.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }

    /// Read as a form's value: `+` is a space; nil when the percent signs or the UTF-8 are wrong.
    var formDecoded: String? { self.replacing("+", with: " ").removingPercentEncoding }

    private static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
    )
}
