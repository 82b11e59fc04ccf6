import Testing

@testable import Notifier

@Suite("Where the tags of a template stand")
struct TemplateScanTests {
    @Test("Tags are found with sign, name and line, over line ends of any kind")
    func tags() {
        let scan = TemplateScan("{{a}}\n{{#b}} {{{ c }}}\r\n{{/b}}{{! }\n}}\n{{> foot }}")
        #expect(scan.fault == nil)
        #expect(scan.tags.map(\.sign) == [" ", "#", "{", "/", "!", ">"])
        #expect(scan.tags.map(\.name).filter { !$0.contains("}") } == ["a", "b", "c", "b", "foot"])
        #expect(scan.tags.map(\.line) == [1, 2, 2, 3, 3, 5])
    }

    @Test(
        "The first fault has the line where a person has to look",
        arguments: [
            ("x\n{{#a}}\n{{#b}}\n{{/b}}\n", 2), ("x\n{{#a}}\n{{/b}}\n{{/a}}", 3), ("{{/a}}", 1), ("\n\n{{a", 3),
            ("\n{{{a}}\n", 2), ("\n{{^a}}\n{{#b}}{{/a}}{{/b}}", 3),
        ] as [(String, Int)]
    )
    func faults(text: String, line: Int) { #expect(TemplateScan(text).fault?.line == line) }

    @Test("After a change of delimiters the parser alone judges")
    func delimiters() {
        let scan = TemplateScan("{{=<% %>=}}\n<%#a%>\n{{#b}}")
        #expect(scan.fault == nil && scan.tags.isEmpty)
    }
}
