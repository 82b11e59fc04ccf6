import Foundation
import Testing

@testable import JobModel

@Suite("Rules for single values")
struct PayloadTests {
    private static let label63 = String(repeating: "a", count: 63)

    @Test(
        "Domain names",
        arguments: [
            ("contoso.com", true), ("CONTOSO.com", true), ("a.b", true), ("mail-1.contoso.co.uk", true),
            ("xn--mbel-gra.example", true), ("1.2.3.4", true), ("\(label63).com", true),
            (Array(repeating: "a", count: 127).joined(separator: "."), true), ("", false), ("contoso", false),
            ("contoso.com.", false), (".contoso.com", false), ("contoso..com", false), ("-a.com", false),
            ("a-.com", false),
            ("con_toso.com", false), ("con toso.com", false), ("contoso.com\n", false), ("møbler.example", false),
            ("a.b\u{301}", false), ("\(label63)a.com", false), ("*.contoso.com", false), ("contoso.com/x", false),
            (Array(repeating: label63, count: 4).joined(separator: "."), false),
        ]
    )
    func domainNames(text: String, expected: Bool) { #expect(PayloadRule.isDomainName(text) == expected) }

    @Test(
        "E-mail addresses",
        arguments: [
            ("admin@contoso.com", true), ("a@b.c", true), ("it+mail.x@contoso.com", true), ("o'hara@contoso.com", true),
            ("a/b=c@contoso.com", true), ("\(label63)a@contoso.com", true), ("\(label63)ab@contoso.com", false),
            ("", false),
            ("admin", false), ("@contoso.com", false), ("admin@", false), ("admin@contoso", false),
            ("a@b@contoso.com", false),
            (".a@contoso.com", false), ("a.@contoso.com", false), ("a..b@contoso.com", false),
            ("a b@contoso.com", false),
            ("\"a b\"@contoso.com", false), ("Anna <a@contoso.com>", false), ("a@contoso.com\n", false),
            ("a\r\nBcc: x@contoso.com", false), ("a\u{85}b@contoso.com", false), ("a,b@contoso.com", false),
            ("ø@contoso.com", false), ("a@[192.0.2.1]", false), ("a(x)@contoso.com", false),
        ]
    )
    func emailAddresses(text: String, expected: Bool) { #expect(PayloadRule.isEmailAddress(text) == expected) }

    @Test(
        "Plan hashes",
        arguments: [
            ("sha256:" + String(repeating: "0a", count: 32), true),
            ("sha256:" + String(repeating: "0A", count: 32), false),
            ("sha256:" + String(repeating: "0", count: 63), false),
            ("sha256:" + String(repeating: "0", count: 65), false),
            ("sha1:" + String(repeating: "0", count: 64), false), (String(repeating: "0", count: 64), false),
            ("sha256:" + String(repeating: "0", count: 64) + "\n", false), ("", false),
        ]
    )
    func planHashes(text: String, expected: Bool) { #expect(PayloadRule.isPlanHash(text) == expected) }

    @Test(
        "Lines",
        arguments: [
            ("x", true), ("12345", true), ("Møbler", false), ("é😀x", true), ("e\u{301}e\u{301}", true), ("", false),
            ("123456", false), ("a\nb", false), ("a\r\n", false), ("a\u{85}", false), ("a\u{2028}b", false),
            ("a\u{2029}b", false), ("\u{0}", false), ("\u{7F}", false),
        ]
    )
    func lines(text: String, expected: Bool) { #expect(PayloadRule.isLine(text, maximum: 5) == expected) }

    @Test(
        "Visible ASCII",
        arguments: [("/console/eu1", true), ("!~", true), ("", false), ("a b", false), ("a\n", false), ("ø", false)]
    )
    func visible(text: String, expected: Bool) { #expect(PayloadRule.isVisible(text, maximum: 12) == expected) }

    @Test("Visible ASCII has a limit")
    func visibleLimit() { #expect(PayloadRule.isVisible("1234", maximum: 3) == false) }
}
