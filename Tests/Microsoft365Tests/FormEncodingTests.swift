import Foundation
import Testing

@testable import Microsoft365

@Suite("Form encoding and base64url")
struct FormEncodingTests {
    @Test(
        "Everything but the unreserved characters is encoded",
        arguments: [
            ("a-._~Z9", "a-._~Z9"), ("a+b", "a%2Bb"), ("a b", "a%20b"), ("&=%/", "%26%3D%25%2F"), ("ö", "%C3%B6"),
            ("\u{1}", "%01"), ("", ""),
        ]
    )
    func encodes(text: String, expected: String) {
        #expect(text.formEncoded == expected)
        #expect(expected.formDecoded == text)
    }

    @Test("A plus is a space, and broken percent signs are nothing")
    func decodes() {
        #expect("a+b".formDecoded == "a b")
        #expect("%zz".formDecoded == nil)
        #expect("%".formDecoded == nil)
    }

    @Test("base64url goes both ways and takes no other alphabet")
    func base64() {
        let data = Data([0xfb, 0xff, 0xfe, 0x00])
        #expect(data.base64URL == "-__-AA")
        #expect(Data(base64URL: "-__-AA") == data)
        #expect(Data(base64URL: "-__-AA==") == data)
        #expect(Data(base64URL: "+//+AA") == nil)
        #expect(Data(base64URL: "a b") == nil)
    }
}
