import Foundation

extension Data {
    /// Base64 with the URL alphabet and no padding, as in RFC 7515.
    var base64URL: String {
        self.base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Reads base64 with the URL alphabet, with or without padding; nil for anything else.
    init?(base64URL text: String) {
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else { return nil }
        let bare = text.replacing("-", with: "+").replacing("_", with: "/").replacing("=", with: "")
        let padding = String(repeating: "=", count: (4 - bare.count % 4) % 4)
        self.init(base64Encoded: bare + padding)
    }
}
