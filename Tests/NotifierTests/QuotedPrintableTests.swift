import Foundation
import Testing

@testable import Notifier

@Suite("Quoted-printable")
struct QuotedPrintableTests {
    @Test(
        "Each kind of character is written as RFC 2045 asks",
        arguments: [
            ("plain text", "plain text"),
            ("a=b", "a=3Db"),
            ("ø", "=C3=B8"),
            ("😀", "=F0=9F=98=80"),
            ("ends in space ", "ends in space=20"),
            ("ends in tab\t", "ends in tab=09"),
            ("a\tb", "a\tb"),
            ("a\u{0}b\rc", "a=00b=0Dc"),
            ("a\nb", "a\nb"),
            (".", "=2E"),
            ("..x\n.\ny.", "=2E.x\n=2E\ny."),
            ("From me\nFromage\nsaid From me", "=46rom me\nFromage\nsaid From me"),
            ("", ""),
            ("\n\n", "\n\n"),
        ]
    )
    func table(text: String, encoded: String) {
        #expect(QuotedPrintable.encode(text) == encoded)
    }

    @Test("Lines are broken softly at 76 characters, never inside an escape", arguments: 70...160)
    func softBreaks(length: Int) {
        for filler in ["x", "ø", "="] {
            let encoded = QuotedPrintable.encode(String(repeating: filler, count: length))
            for line in encoded.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(line.utf8.count <= QuotedPrintable.lineLengthMax)
                #expect(!line.hasSuffix("=C") && !line.hasSuffix("=3"))
            }
            let joined = encoded.replacing("=\n", with: "")
            #expect(joined == String(repeating: filler == "x" ? "x" : filler == "ø" ? "=C3=B8" : "=3D", count: length))
        }
    }
}
