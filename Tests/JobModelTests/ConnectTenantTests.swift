import Foundation
import Testing

@testable import JobModel

@Suite("The data of connect-tenant")
struct ConnectTenantTests {
    private static let customer =
        #""customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"a@contoso.com""#

    @Test("What is left out has its default")
    func hasDefaults() throws {
        let data = try ConnectTenant(data: Array("{\(Self.customer)}".utf8))
        #expect(data.customer == "contoso")
        #expect(data.claimedDomains == ["contoso.com"])
        #expect(data.requestedBy == "a@contoso.com")
        #expect(data.notify.isEmpty)
        #expect(data.dryRun == false)
        #expect(data.planHash == nil)
    }

    @Test("What is null was not left out", arguments: ["notify", "dryRun", "planHash"])
    func refusesNull(member: String) {
        #expect(self.problem("{\(Self.customer),\"\(member)\":null}")?.detail.contains("`data.\(member)`") == true)
    }

    @Test("A member that the reader does not know is passed over")
    func passesOver() { #expect(self.problem("{\(Self.customer),\"priority\":{\"x\":[1]}}") == nil) }

    @Test(
        "Limits are taken to the last",
        arguments: [("claimedDomains", 100, "\"d%.example\""), ("notify", 20, "\"u%@contoso.com\"")]
    )
    func takesLimits(member: String, maximum: Int, pattern: String) {
        func text(_ count: Int) -> String {
            let items = (0..<count).map { pattern.replacing("%", with: "\($0)") }.joined(separator: ",")
            let others = member == "notify" ? Self.customer : #""customer":"contoso","requestedBy":"a@contoso.com""#
            return "{\(others),\"\(member)\":[\(items)]}"
        }
        #expect(self.problem(text(maximum)) == nil)
        #expect(self.problem(text(maximum + 1))?.detail.contains("`data.\(member)` has \(maximum + 1) entries") == true)
    }

    @Test("Data that is no JSON at all is a problem, never a trap")
    func refusesOther() { #expect(self.problem("{\"customer\":\"\\ud800\"}")?.code == .invalidPayload) }

    private func problem(_ data: String) -> Problem? {
        do throws(Problem) {
            _ = try ConnectTenant(data: Array(data.utf8))
            return nil
        } catch {
            return error
        }
    }
}
