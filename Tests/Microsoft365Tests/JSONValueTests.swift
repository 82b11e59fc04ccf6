import Foundation
import Testing

@testable import Microsoft365

@Suite("JSON values")
struct JSONValueTests {
    @Test("What is not one JSON value is none", arguments: ["", "\u{0}", "{", "nul", "{}{}", "<a/>", #"{"a":}"#])
    func broken(text: String) {
        #expect(JSONValue(parsing: Data(text.utf8)) == nil)
    }

    @Test("Kinds are kept apart and read tolerantly")
    func kinds() throws {
        let text = #"{"t":true,"i":1,"d":1.5,"z":2.0,"s":"3","n":null,"a":[1,"x"],"o":{"k":"v"}}"#
        let value = try #require(JSONValue(parsing: Data(text.utf8)))
        #expect(value["t"] == true)
        #expect(value["i"] == 1)
        #expect(value["d"] == .number(1.5))
        #expect(value["z"].integer == 2)
        #expect(value["s"].integer == 3)
        #expect(value["t"].integer == nil)
        #expect(value["i"].bool == nil)
        #expect(value["a"].strings == ["x"])
        #expect(value["o"]["k"].string == "v")
        #expect(value["absent"] == .null)
        #expect(value["i"]["deeper"] == .null)
    }

    @Test("Writing is sorted and reading it back gives the same")
    func roundTrip() {
        let value: JSONValue = .object(["b": .array([1, true, .null]), "a": "x/y"])
        #expect(String(decoding: value.bytes, as: UTF8.self) == #"{"a":"x/y","b":[1,true,null]}"#)
        #expect(JSONValue(parsing: value.bytes) == value)
    }
}
