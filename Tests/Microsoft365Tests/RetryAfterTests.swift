import Foundation
import Testing

@testable import Microsoft365

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:07 GMT, half a minute before the date in RFC 9110's example.
    private let now = Date(timeIntervalSince1970: 784_111_747)

    @Test(
        "Seconds, fractions and dates are read, anything else says nothing",
        arguments: [
            ("120", Duration.seconds(120)),
            ("0", .zero),
            ("2.128", .milliseconds(2_128)),
            (" 7 ", .seconds(7)),
            (".5", .milliseconds(500)),
            ("99999999999", .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(30)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
            ("Sat, 06 Nov 2094 08:49:37 GMT", .seconds(86_400)),
            ("", nil),
            ("-5", nil),
            ("1e3", nil),
            ("nan", nil),
            ("inf", nil),
            ("0x10", nil),
            ("1.2.3", nil),
            ("soon", nil),
            ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49 GMT", nil),
            ("Sun, 06 Nov 1994 25:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil),
        ] as [(String, Duration?)]
    )
    func reads(text: String, expected: Duration?) {
        #expect(RetryAfter.duration(text, now: self.now) == expected)
    }
}
