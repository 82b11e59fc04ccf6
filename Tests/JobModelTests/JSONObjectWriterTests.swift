import Foundation
import Testing

@testable import JobModel

@Suite("The writer assembles JSON objects")
struct JSONObjectWriterTests {
    @Test("Members stand in their order, raw values as they are")
    func writesMembers() {
        var writer = JSONObjectWriter()
        writer.member("text", text: "x")
        writer.member("number", number: -7)
        writer.member("yes", truth: true)
        writer.member("no", truth: false)
        writer.member(rawName: "raw", raw: Array("[1, 2]".utf8))
        #expect(self.text(writer) == #"{"text":"x","number":-7,"yes":true,"no":false,"raw":[1, 2]}"#)
    }

    @Test("An object without members is an object")
    func writesNothing() { #expect(self.text(JSONObjectWriter()) == "{}") }

    @Test("Every character comes back from JSON as it went in")
    func escapes() throws {
        for scalar in (UInt32(0)...0x2FF).compactMap(Unicode.Scalar.init) + ["\u{2028}", "\u{2029}", "😀", "\u{FEFF}"] {
            var writer = JSONObjectWriter()
            let text = "a\(Character(scalar))b"
            writer.member("x", text: text)
            let read = try JSONDecoder().decode([String: String].self, from: Data(writer.finish()))
            #expect(read["x"]?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "U+\(scalar.value)")
        }
    }

    @Test("Control characters are escaped, so a line stays a line")
    func keepsOneLine() {
        var writer = JSONObjectWriter()
        writer.member("x", text: "\r\n\u{0}\u{1F}\"\\")
        #expect(self.text(writer) == #"{"x":"\u000d\u000a\u0000\u001f\"\\"}"#)
    }

    @Test(
        "The members of another object are joined in",
        arguments: [
            ("{}", #"{"a":1}"#), (" { } ", #"{"a":1}"#), (#"{"b":{"c":2}}"#, #"{"a":1,"b":{"c":2}}"#),
            (" {\"b\":\"}\"}\n", #"{"a":1,"b":"}"}"#),
        ]
    )
    func joins(object: String, expected: String) {
        var writer = JSONObjectWriter()
        writer.member("a", number: 1)
        writer.members(of: Array(object.utf8))
        #expect(self.text(writer) == expected)
    }

    private func text(_ writer: consuming JSONObjectWriter) -> String {
        String(decoding: writer.finish(), as: UTF8.self)
    }
}
