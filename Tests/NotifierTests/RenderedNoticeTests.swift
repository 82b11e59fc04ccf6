import Testing

@testable import Notifier

@Suite("Blocks of a text")
struct RenderedNoticeTests {
    @Test("Empty lines part paragraphs, lines with a hyphen are a list, also right behind a sentence")
    func blocks() {
        let text = "One\ntwo.\n\n- a\n- b\n \nLast:\n- c\nend\n"
        #expect(
            RenderedNotice.blocks(of: text) == [
                .paragraph("One two."), .items(["a", "b"]), .paragraph("Last:"), .items(["c"]), .paragraph("end"),
            ]
        )
        #expect(RenderedNotice.blocks(of: "\n\n").isEmpty)
    }
}
