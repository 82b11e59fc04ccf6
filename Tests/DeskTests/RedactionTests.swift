import Desk
import Testing

@Suite("What is shown of a payload")
struct RedactionTests {
    @Test("Addresses, telling texts and long texts are cut; ids, numbers and shape stay")
    func cut() {
        let body = """
            {"subject":"0a1b2c3d-0000-4000-8000-00000000c001","data":{"requestedBy":"admin","mailbox":"jane.doe@contoso.com",\
            "internetMessageId":"<abc@mail.contoso.com>","reason":"my boss said so","size":3,"long":"\
            \(String(repeating: "x", count: 200))","targets":[{"mailbox":"bob@contoso.com"}]}}
            """
        let text = Redaction.text(of: Array(body.utf8))
        for words in ["jane", "bob@", "abc@", "my boss", "admin", String(repeating: "x", count: 90)] {
            #expect(!text.contains(words), "\(words) in \(text)")
        }
        for words in ["j***@contoso.com", "0a1b2c3d-0000-4000-8000-00000000c001", "\"size\" : 3", "(200 characters)"] {
            #expect(text.contains(words), "\(words) not in \(text)")
        }
        #expect(Redaction.plain(Array(body.utf8)).contains("jane.doe@contoso.com"))
    }

    @Test("What is no JSON is told by its length alone")
    func noJSON() { #expect(Redaction.text(of: [0xFF, 0x41]) == "(2 bytes that are no JSON)") }
}
