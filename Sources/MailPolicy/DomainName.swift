import Foundation

/// What can be asked for in DNS.
///
/// Names are plain text without escapes; a dot separates labels, and one dot may stand at the end.
package enum DomainName {
    /// The longest name in this form (RFC 1035, 2.3.4).
    package static let lengthMax = 253
    /// The longest label.
    package static let labelMax = 63

    /// Whether it has labels of 1 to 63 bytes and at most 253 bytes in all.
    package static func isWellFormed(_ name: String) -> Bool {
        let name = self.withoutFinalDot(name)
        return !name.isEmpty && name.utf8.count <= self.lengthMax
            && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
                (1...self.labelMax).contains($0.count)
            }
    }

    /// Whether it has two labels or more, as every domain that a check is made for (RFC 7208, 4.3).
    package static func hasSeveralLabels(_ name: String) -> Bool { self.withoutFinalDot(name).contains(".") }

    /// The name without the dot at its end.
    package static func withoutFinalDot(_ name: String) -> String {
        name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// The name as DNS holds it: letters of other scripts as A-labels (RFC 5891, 4), ASCII as it is; nil where there is no such form.
    package static func ascii(_ name: String) -> String? {
        guard !name.allSatisfy(\.isASCII) else { return name }
        var components = URLComponents()
        components.host = name
        return components.encodedHost.flatMap { $0.allSatisfy(\.isASCII) && !$0.contains("%") ? $0 : nil }
    }

    /// Whether a name is the domain itself or lies below it, in whatever case.
    package static func isAtOrBelow(_ name: String, _ domain: String) -> Bool {
        let (name, domain) = (self.withoutFinalDot(name).lowercased(), self.withoutFinalDot(domain).lowercased())
        return name == domain || name.hasSuffix("." + domain)
    }

    /// The name without its first label; nil when it has one alone.
    static func parent(of name: String) -> String? {
        name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) }
    }
}
