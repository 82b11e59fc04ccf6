import Foundation
import Testing

@testable import JobModel

@Suite("Ids are UUIDs, written in lower case")
struct IdentifiersTests {
    private let text = "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f"

    @Test("Either case is read, lower case is written")
    func readsEitherCase() {
        #expect(JobID(self.text)?.description == self.text)
        #expect(JobID(self.text.uppercased())?.description == self.text)
        #expect(TenantID(self.text.uppercased())?.description == self.text)
        #expect(JobID(self.text) == JobID(self.text.uppercased()))
    }

    @Test(
        "Anything else is no id",
        arguments: [
            "", "job", "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0", "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f0",
            "0193574e2b007c3a9d1e5a4b3c2d1e0f", "{0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f}",
            "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0g", "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f\n", "contoso.onmicrosoft.com",
        ]
    )
    func refuses(text: String) {
        #expect(JobID(text) == nil)
        #expect(TenantID(text) == nil)
    }
}
