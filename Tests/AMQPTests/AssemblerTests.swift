@testable import AMQP
import Testing

@Suite("Arriving messages")
struct AssemblerTests {
    private let opening = Assembler.Opening.delivery(tag: 1, isRedelivered: false, source: .queue("q"))

    @Test("A body arrives in pieces")
    func pieces() throws {
        var assembler = Assembler(bytesMax: 10, headBytesMax: 0)
        try assembler.begin(opening)
        #expect(try assembler.header(size: 3, properties: Properties()) == nil)
        #expect(try assembler.body([1, 2]) == nil)
        #expect(try assembler.body([3])?.message == Message(body: [1, 2, 3]))
        try assembler.begin(opening)
    }

    @Test("An empty body is complete with its header")
    func empty() throws {
        var assembler = Assembler(bytesMax: 10, headBytesMax: 0)
        try assembler.begin(opening)
        #expect(try assembler.header(size: 0, properties: Properties())?.message == Message(body: []))
    }

    @Test("Of a body over the limit the beginning is kept with what is missing, and the next message is whole")
    func tooLarge() throws {
        var assembler = Assembler(bytesMax: 4, headBytesMax: 3)
        try assembler.begin(opening)
        #expect(try assembler.header(size: 6, properties: Properties(messageID: "m")) == nil)
        #expect(try assembler.body([1, 2]) == nil)
        #expect(try assembler.body([3, 4]) == nil)
        let content = try assembler.body([5, 6])
        #expect(content?.opening == opening)
        #expect(content?.message.body == [1, 2, 3] && content?.message.properties.messageID == "m")
        #expect(content?.message.cutBytes == 3 && content?.message.size == 6 && content?.message.isTruncated == true)
        try assembler.begin(opening)
        #expect(try assembler.header(size: 4, properties: Properties()) == nil)
        #expect(try assembler.body([1, 2, 3, 4])?.message == Message(body: [1, 2, 3, 4]))
    }

    @Test("A beginning is never longer than what is kept whole")
    func head() throws {
        var assembler = Assembler(bytesMax: 2, headBytesMax: 9)
        try assembler.begin(opening)
        #expect(try assembler.header(size: 3, properties: Properties()) == nil)
        #expect(try assembler.body([1, 2, 3])?.message.body == [1, 2])
    }

    @Test("A size no memory could hold is not reserved")
    func absurd() throws {
        var assembler = Assembler(bytesMax: 2, headBytesMax: 2)
        try assembler.begin(opening)
        #expect(try assembler.header(size: .max, properties: Properties()) == nil)
    }

    @Test("Frames out of order are noticed")
    func disorder() throws {
        var assembler = Assembler(bytesMax: 10, headBytesMax: 0)
        #expect(throws: Assembler.Disorder.self) { try assembler.header(size: 1, properties: Properties()) }
        #expect(throws: Assembler.Disorder.self) { try assembler.body([1]) }
        try assembler.begin(opening)
        #expect(throws: Assembler.Disorder.self) { try assembler.begin(opening) }
        #expect(throws: Assembler.Disorder.self) { try assembler.body([1]) }
        _ = try assembler.header(size: 1, properties: Properties())
        #expect(throws: Assembler.Disorder.self) { try assembler.body([1, 2]) }
    }
}
