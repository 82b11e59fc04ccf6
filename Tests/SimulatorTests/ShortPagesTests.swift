import Simulator
import TestSupport
import Testing

@Suite("Short pages of Graph")
struct ShortPagesTests {
    @Test(
        "Every list begins with an empty page and goes on one by one",
        arguments: [
            "domains", "organization", "users?$select=id", "groups?$select=id", "servicePrincipals",
            "domains/contoso.com/serviceConfigurationRecords", "users/delta?$select=id",
            "groups/delta?$select=id,members",
        ]
    )
    func pages(list: String) async throws {
        var scenario = Scenario.grantedDemo
        scenario.switches.graphPagesAreShort = true
        scenario.tenants[0].directory.groups = 2
        scenario.tenants[0].mail.population = 3
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            let token = try await client.token(Scenario.contosoID)
            var sizes: [Int] = []
            var next: String? = "/v1.0/\(list)"
            while let link = next, sizes.count < 50 {
                let page = try await client.graph("GET", link, token: token)
                #expect(page.status == 200)
                sizes.append(page.json["value"]?.array?.count ?? -1)
                next = page.json["@odata.nextLink"]?.text
            }
            #expect(sizes.first == 0 && sizes.count > 1)
            #expect(sizes.dropFirst().allSatisfy { $0 <= 1 } && sizes.contains(1), "\(sizes)")
        }
    }
}
