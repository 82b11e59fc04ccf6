import Foundation
import Testing

@testable import JobModel

@Suite("A scan finds the members of a JSON object")
struct JSONScanTests {
    @Test("Values are found byte for byte, whatever stands around them")
    func findsMembers() throws {
        let scan = try JSONScan(
            Array(" {\"a\" : [1, {\"b\":2}] ,\n\"c\":\"x\\\"y\", \"d\":-0.5e+3,\"e\":null}\r\n\t".utf8)
        )
        #expect(scan.members.map(\.name) == ["a", "c", "d", "e"])
        #expect(self.text(scan.raw("a")) == "[1, {\"b\":2}]")
        #expect(self.text(scan.raw("c")) == "\"x\\\"y\"")
        #expect(self.text(scan.raw("d")) == "-0.5e+3")
        #expect(self.text(scan.raw("e")) == "null")
        #expect(scan.raw("b") == nil)
    }

    @Test(
        "Texts that are no JSON object are refused with a reason",
        arguments: [
            ("", "a JSON object is expected"), ("[]", "a JSON object is expected"),
            ("null", "a JSON object is expected"),
            ("{} x", "there is text after the object"), ("{}{}", "there is text after the object"),
            ("{", "a string is expected"), ("{a:1}", "a string is expected"), ("{\"a\":1,}", "a string is expected"),
            ("{\"a\"1}", "a colon is expected"), ("{\"a\":}", "a JSON value is expected"),
            ("{\"a\":tru}", "a JSON value is expected"), ("{\"a\":-}", "a JSON value is expected"),
            ("{\"a\":1.}", "a JSON value is expected"), ("{\"a\":1e}", "a JSON value is expected"),
            ("{\"a\":01}", "a comma or a closing brace is expected"),
            ("{\"a\":[1 2]}", "a comma or a closing bracket is expected"),
            ("{\"a\":\"x}", "a string has no end"), ("{\"a\":\"x\\", "a string has no end"),
            ("{\"a\":\"\\x\"}", "the escape is unknown"),
            ("{\"a\":\"\\u12g4\"}", "four hexadecimal digits are expected"),
            ("{\"a\":\"x\ny\"}", "a control character stands in a string"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "a member is named twice"),
        ]
    )
    func refuses(text: String, reason: String) {
        #expect(throws: JSONScan.Failure.self) { try JSONScan(Array(text.utf8)) }
        do throws(JSONScan.Failure) {
            _ = try JSONScan(Array(text.utf8))
        } catch {
            #expect(error.reason == reason)
            #expect((0...text.utf8.count).contains(error.offset))
        }
    }

    @Test("Bytes that are not UTF-8 are refused")
    func refusesOtherEncodings() {
        #expect(throws: JSONScan.Failure(offset: 0, reason: "the text is not UTF-8")) {
            try JSONScan(Array("{\"a\":\"".utf8) + [0xF8] + Array("\"}".utf8))
        }
    }

    @Test("Nesting is taken to its limit and not beyond", arguments: ["[", "{\"a\":"])
    func limitsDepth(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> [UInt8] {
            let inner =
                String(repeating: opening, count: depth - 1) + "1" + String(repeating: closing, count: depth - 1)
            return Array("{\"a\":\(inner)}".utf8)
        }
        _ = try JSONScan(nested(JSONScan.depthMax))
        #expect(throws: JSONScan.Failure.self) { try JSONScan(nested(JSONScan.depthMax + 1)) }
        #expect(throws: JSONScan.Failure.self) { try JSONScan(nested(100_000)) }
    }

    @Test("Text is read with its escapes, plain text only without")
    func readsText() throws {
        let scan = try JSONScan(Array(#"{"a":"\/console\/eu1","b":"plain","c":7,"d":"\ud800","e":""}"#.utf8))
        #expect(scan.text("a") == "/console/eu1")
        #expect(scan.plainText("a") == nil)
        #expect(scan.text("b") == "plain")
        #expect(scan.plainText("b") == "plain")
        #expect(scan.text("c") == nil)
        #expect(scan.text("d") == nil)
        #expect(scan.text("e")?.isEmpty == true)
        #expect(scan.text("f") == nil)
    }

    @Test("Scan and Foundation agree about texts made by chance", arguments: UInt64(1)...20)
    func agreesWithFoundation(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var text = Array(JSONSample.object(depth: 3, using: &chance).utf8)
            if Bool.random(using: &chance) { JSONSample.damage(&text, using: &chance) }
            let foundation = (try? JSONSerialization.jsonObject(with: Data(text))) as? [String: Any]
            let scan = try? JSONScan(text)
            let shown = String(decoding: text, as: UTF8.self)
            if let scan {
                #expect(self.isAcceptable(foundation, text), "only the scan takes \(shown)")
                for member in scan.members where foundation != nil {
                    #expect(foundation?.keys.contains(try self.decoded(member.name)) == true, "in \(shown)")
                }
            } else if foundation != nil {
                #expect(self.isStricter(text), "only Foundation takes \(shown)")
            }
        }
    }

    /// Foundation refuses half surrogate pairs and numbers beyond a double, which RFC 8259's grammar allows.
    private func isAcceptable(_ foundation: [String: Any]?, _ text: [UInt8]) -> Bool {
        foundation != nil || String(decoding: text, as: UTF8.self).contains(/\\u[dD][89a-fA-F]|[0-9][eE]/)
    }

    /// The scan refuses what Foundation lets pass: a member named twice, text that is not UTF-8, a byte order mark.
    private func isStricter(_ text: [UInt8]) -> Bool {
        do throws(JSONScan.Failure) {
            _ = try JSONScan(text)
            return false
        } catch {
            return ["a member is named twice", "the text is not UTF-8"].contains(error.reason)
        }
    }

    private func decoded(_ name: String) throws -> String {
        try JSONDecoder().decode(String.self, from: Data("\"\(name)\"".utf8))
    }

    private func text(_ bytes: ArraySlice<UInt8>?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
}
