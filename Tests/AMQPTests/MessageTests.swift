@testable import AMQP
import Testing

@Suite("Messages before they are sent")
struct MessageTests {
    private static let long = String(repeating: "x", count: 256)

    private static func nested(_ depth: Int) -> FieldTable {
        depth == 0 ? [:] : ["t": .table(nested(depth - 1))]
    }

    @Test("Usual properties have no defect")
    func fine() {
        let properties = Properties(
            contentType: "application/json",
            correlationID: String(repeating: "x", count: 255),
            expiration: "1000",
            headers: ["a": .table(["b": .array([.void])]), String(repeating: "k", count: 255): .bool(true)]
        )
        #expect(properties.defect(frameSize: 131_072) == nil)
    }

    @Test(
        "What would break the stream is refused",
        arguments: [
            Properties(messageID: long),
            Properties(type: long),
            Properties(expiration: "soon"),
            Properties(headers: [long: .void]),
            Properties(headers: ["a": .table([long: .void])]),
            Properties(headers: ["a": .array([.table([long: .void])])]),
            Properties(headers: nested(33)),
            Properties(headers: ["a": .string(String(repeating: "x", count: 131_072))]),
        ]
    )
    func defects(properties: Properties) {
        #expect(properties.defect(frameSize: 131_072) != nil)
    }

    @Test("Tables nest as deep as the limit says")
    func depth() {
        #expect(MessageTests.nested(32).defect() == nil)
    }

    @Test(
        "Values know their size in a frame",
        arguments: [
            (.void, 1), (.bool(true), 2), (.int16(1), 3), (.int32(1), 5), (.int64(1), 9), (.double(1), 9),
            (.decimal(scale: 1, value: 1), 6), (.string("äb"), 8), (.bytes([1]), 6), (.array([.void, .void]), 7),
            (.table(["ab": .void]), 9),
        ] as [(FieldValue, Int)]
    )
    func sizes(value: FieldValue, size: Int) {
        #expect(value.encodedSize == size)
    }

    @Test(
        "Numbers read as integers",
        arguments: [
            (.int8(-1), -1), (.uint64(7), 7), (.uint64(.max), nil), (.timestamp(5), 5), (.string("5"), nil),
            (.double(5), nil),
        ] as [(FieldValue, Int64?)]
    )
    func integers(value: FieldValue, integer: Int64?) {
        #expect(value.integer == integer)
    }

    @Test("Only a string reads as text")
    func text() {
        #expect(FieldValue.string("a").text == "a")
        #expect(FieldValue.bytes([97]).text == nil)
    }
}
