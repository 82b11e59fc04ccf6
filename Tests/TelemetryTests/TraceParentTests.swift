import Telemetry
import Testing

@Suite("traceparent")
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("What W3C Trace Context allows is read, and written again as it came", arguments: ["00", "01"])
    func good(_ flags: String) throws {
        let text = "00-\(Self.trace)-\(Self.span)-\(flags)"
        let parent = try #require(TraceParent(text))
        #expect(parent.isSampled == (flags == "01"))
        #expect(parent.text == text)
    }

    @Test("A later version is read by its first four fields, and flags we do not know are passed over")
    func later() throws {
        let parent = try #require(TraceParent("cc-\(Self.trace)-\(Self.span)-03-what-the-future-will-be"))
        #expect(parent.text == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test(
        "What breaks the rules counts as not sent",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)x-\(span)-01", "00-\(trace)-\(span)-1",
            "0-\(trace)-\(span)-01", "00-+bf92f3577b34da6a3ce929d0e0e4736-\(span)-01", "é0-\(trace)-\(span)-01",
        ]
    )
    func bad(_ text: String) { #expect(TraceParent(text) == nil) }
}
