import Testing

@testable import JobModel

@Suite("The data of the outbound jobs")
struct OutboundConnectorTests {
    private static let who = #""customer":"contoso","requestedBy":"a@contoso.com""#

    @Test("What is left out has its default")
    func hasDefaults() throws {
        let enable = try EnableOutboundConnector(data: Array("{\(Self.who)}".utf8))
        #expect(enable.relayDomains == nil)
        #expect(!enable.waitForDns)
        #expect(enable.force == nil)
        #expect(enable.notify.isEmpty)
        #expect(!enable.dryRun)
        #expect(enable.planHash == nil)
        let disable = try DisableOutboundConnector(data: Array("{\(Self.who)}".utf8))
        #expect(disable.reason == nil)
        #expect(disable.notify.isEmpty)
        #expect(!disable.dryRun)
        #expect(disable.planHash == nil)
    }

    @Test(
        "What is null was not left out",
        arguments: ["relayDomains", "waitForDns", "force", "notify", "dryRun", "planHash"]
    )
    func refusesNull(member: String) {
        #expect(self.problem("{\(Self.who),\"\(member)\":null}")?.detail.contains("`data.\(member)`") == true)
    }

    @Test("A hundred domains are taken, and a reason of 500 characters")
    func takesLimits() {
        let domains = (0..<100).map { "\"d\($0).example\"" }.joined(separator: ",")
        #expect(self.problem("{\(Self.who),\"relayDomains\":[\(domains)]}") == nil)
        let reason = String(repeating: "ø", count: 500)
        #expect(self.problem("{\(Self.who),\"force\":{\"reason\":\"\(reason)\"}}") == nil)
    }

    private func problem(_ data: String) -> Problem? {
        do throws(Problem) {
            _ = try EnableOutboundConnector(data: Array(data.utf8))
            return nil
        } catch {
            return error
        }
    }
}
