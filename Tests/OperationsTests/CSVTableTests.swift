import Operations
import Testing

@Suite("Tables in text form")
struct CSVTableTests {
    @Test(
        "Records are read as RFC 4180 and as programs write them",
        arguments: [
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("a;b\rc;d\r", [["a", "b"], ["c", "d"]]), ("a\tb", [["a", "b"]]), ("\u{FEFF}a,b", [["a", "b"]]),
            ("\"a,\"\"b\"\"\nc\",d", [["a,\"b\"\nc", "d"]]), ("a,,\n,b,", [["a", "", ""], ["", "b", ""]]),
            ("\n\na\n\n\nb\n", [["a"], ["b"]]), ("\"a;b\";c", [["a;b", "c"]]), (" a , b ", [[" a ", " b "]]), ("", []),
            ("\"\"", [[""]]), ("a,b;c", [["a", "b;c"]]), ("ü,ñ", [["ü", "ñ"]]),
        ]
    )
    func read(text: String, records: [[String]]) throws {
        #expect(try CSVTable(Array(text.utf8)).records.map(\.fields) == records)
    }

    @Test(
        "What is no table is refused by the number of its line",
        arguments: [
            ("a\nb\n\"c\nd", "line 3: a quoted field has no closing quote"),
            ("a\n\nb\"c\"", "line 3: a quote stands inside"), ("\"a\nb\"c", "line 2: text stands behind"),
        ]
    )
    func refused(text: String, words: String) {
        let error = #expect(throws: CampaignError.self) { try CSVTable(Array(text.utf8)) }
        #expect(error?.code == .list)
        #expect(error?.reason.contains(words) == true)
    }

    @Test("Bytes that are no text are refused")
    func notText() {
        let error = #expect(throws: CampaignError.self) { try CSVTable([0x61, 0x0A, 0xFF]) }
        #expect(error?.reason.contains("line 2: the text is not UTF-8") == true)
    }

    @Test("What is written is read again, and no field is taken for a formula")
    func written() throws {
        let fields = ["a,b", "say \"no\"", "two\r\nlines", "", "plain", "=1+1", "<a+b@x>"]
        let read = try CSVTable(Array(CSVTable.line(fields).utf8)).records
        #expect(read.map(\.fields) == [["a,b", "say \"no\"", "two\r\nlines", "", "plain", "'=1+1", "<a+b@x>"]])
    }

    @Test("Lines count on through quoted ones")
    func lines() throws {
        let records = try CSVTable(Array("a\n\"b\nc\"\r\n\r\nd".utf8)).records
        #expect(records.map(\.line) == [1, 2, 5])
    }
}
