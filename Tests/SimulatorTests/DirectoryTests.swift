import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Users, groups and their delta queries")
struct DirectoryTests {
    private static let selected = "/v1.0/users/delta?$select=id,displayName"

    /// Two tenants that let the application read everything, and time that stands still.
    private static func scenario(_ change: (inout ScenarioTenant) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario.virtualDemo
        for index in scenario.tenants.indices {
            scenario.tenants[index].consents[Scenario.demoClientID] = ScenarioApplication.productPermissions
            scenario.tenants[index].mail.population = 30
            scenario.tenants[index].directory.groups = 2
            scenario.tenants[index].directory.membersPerGroup = 25
            scenario.tenants[index].directory.pageSize = 10
            change(&scenario.tenants[index])
        }
        return scenario
    }

    private func get(_ simulator: SimulatorServer, _ path: String, _ token: String) async throws -> TestClient.Answer {
        try await simulator.client.graph("GET", path, token: token)
    }

    /// Follows a round to its end; gives what it told and the link of the next one.
    private func round(
        _ simulator: SimulatorServer,
        _ path: String,
        _ token: String
    ) async throws -> (items: [JSONValue], link: String) {
        var items: [JSONValue] = []
        var next = path
        for _ in 0..<50 {
            let page = try await self.get(simulator, next, token)
            #expect(page.status == 200)
            items += page.records
            if let link = page.json["@odata.deltaLink"]?.text { return (items, link) }
            next = try #require(page.json["@odata.nextLink"]?.text)
        }
        Issue.record("the round has no end")
        return (items, next)
    }

    @Test(
        "A delta query refuses what it does not support",
        arguments: [
            ("users", "$top=5", "Request_UnsupportedQuery"),
            ("users", "$orderby=displayName", "Request_UnsupportedQuery"),
            ("users", "$expand=manager", "Request_UnsupportedQuery"),
            ("users", "$search=x", "Request_UnsupportedQuery"),
            ("users", "$filter=accountEnabled eq true", "Request_UnsupportedQuery"),
            ("users", "$select=id&$top=5", "Request_UnsupportedQuery"),
            ("groups", "$filter=mailEnabled eq true&$select=id", "Request_UnsupportedQuery"),
            ("groups", "$count=true", "Request_UnsupportedQuery"),
            ("users", "$select=id,shoeSize", "Request_BadRequest"), ("users", "$select=members", "Request_BadRequest"),
            ("groups", "$select=accountEnabled", "Request_BadRequest"),
            ("users", "$select=id&$select=mail", "Request_BadRequest"),
            ("users", "$skiptoken=", "Request_UnsupportedQuery"),
        ]
    )
    func refusedOptions(resource: String, options: String, code: String) async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let token = try await simulator.client.token()
            let query = options.replacing(" ", with: "%20")
            let answer = try await self.get(simulator, "/v1.0/\(resource)/delta?\(query)", token)
            #expect(answer.status == 400)
            #expect(answer.graphCode == code)
        }
    }

    @Test(
        "A list refuses options and properties that it does not know",
        arguments: [
            ("users?$search=x", "Request_UnsupportedQuery"), ("users?$orderby=displayName", "Request_UnsupportedQuery"),
            ("groups?$expand=members", "Request_UnsupportedQuery"), ("users?$count=true", "Request_UnsupportedQuery"),
            ("users?$select=shoeSize", "Request_BadRequest"), ("groups?$select=members", "Request_BadRequest"),
            ("users?$top=1000", "Request_BadRequest"), ("users?$top=0", "Request_BadRequest"),
            ("users?$top=5&$top=6", "Request_BadRequest"),
            ("users?$filter=accountEnabled%20eq%20true", "Request_UnsupportedQuery"),
        ]
    )
    func refusedListOptions(path: String, code: String) async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let token = try await simulator.client.token()
            let answer = try await self.get(simulator, "/v1.0/\(path)", token)
            #expect(answer.status == 400)
            #expect(answer.graphCode == code)
        }
    }

    @Test("A token opens nothing but the round, resource and tenant that gave it, and comes alone")
    func boundTokens() async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let token = try await simulator.client.token()
            let other = try await simulator.client.token(Scenario.fabrikamID)
            let first = try await self.get(simulator, Self.selected, token)
            let page = try #require(first.json["@odata.nextLink"]?.text)
            let round = try await self.round(simulator, page, token).link
            #expect(try await self.get(simulator, round, token).status == 200)
            let strange = [
                round.replacing("/users/", with: "/groups/"), page.replacing("/users/", with: "/groups/"),
                round.replacing("$deltatoken", with: "$skiptoken"), page.replacing("$skiptoken", with: "$deltatoken"),
                round + "&$select=id,mail", page + "&$top=2", String(round.dropLast(3)), round + "xyz",
                Self.selected.replacing("$select", with: "$deltatoken"), "/v1.0/users/delta?$skiptoken=%00",
                "/v1.0/users/delta?$deltatoken=e30", "/v1.0/users/delta?$deltatoken=bm9uZQ",
            ]
            for link in strange {
                let answer = try await self.get(simulator, link, token)
                #expect(answer.status == 400, "\(link)")
                #expect(answer.graphCode == "Request_BadRequest", "\(link)")
            }
            for link in [round, page] { #expect(try await self.get(simulator, link, other).status == 400) }
        }
    }

    @Test("A token that somebody made up counts nothing below zero", arguments: ["cursor", "offset", "base"])
    func forgedTokens(member: String) async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let token = try await simulator.client.token()
            let page = try #require(try await self.get(simulator, Self.selected, token).json["@odata.nextLink"]?.text)
            let parts = page.split(separator: "=", maxSplits: 1).map(String.init)
            let text = try #require(Data(base64Encoded: Self.padded(parts[1])))
            var claims = try #require(try JSONValue(parsing: text).object)
            claims[member] = .integer(-5)
            let forged = JSONValue.object(claims).bytes.base64EncodedString()
            let link =
                parts[0] + "=" + forged.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(try await self.get(simulator, link, token).graphCode == "Request_BadRequest")
        }
    }

    private static func padded(_ text: String) -> String {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
    }

    @Test(
        "A link to the next page dies after an hour, one to the next round after a week",
        arguments: ScenarioDirectory.Resync.allCases
    )
    func agedTokens(how: ScenarioDirectory.Resync) async throws {
        try await withSimulator(Self.scenario { $0.directory.resync = how }) { simulator in
            let token = try await simulator.client.token()
            let page = try #require(try await self.get(simulator, Self.selected, token).json["@odata.nextLink"]?.text)
            let round = try await self.round(simulator, Self.selected, token).link
            await simulator.advance(by: 3_601)
            let later = try await simulator.client.token()
            let expired = try await self.get(simulator, page, later)
            #expect(expired.status == 400)
            #expect(expired.graphCode == "Directory_ExpiredPageToken")
            #expect(try await self.get(simulator, round, later).status == 200)
            await simulator.advance(by: 7 * 24 * 60 * 60)
            let last = try await simulator.client.token()
            let answer = try await self.get(simulator, round, last)
            switch how {
            case .gone:
                #expect(answer.status == 410)
                #expect(answer.header("location")?.hasSuffix("/v1.0/users/delta?$deltatoken=") == true)
                let location = try #require(answer.header("location"))
                #expect(try await self.round(simulator, location, last).items.count >= 30)
            case .resyncRequired, .syncStateInvalid, .syncStateNotFound:
                #expect((400..<410).contains(answer.status))
                #expect(answer.graphCode == how.rawValue)
                #expect(answer.header("location") == nil)
            }
        }
    }

    @Test(
        "The latest token lists nobody and then tells what has changed, and no more than that when asked for the minimum"
    )
    func latest() async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let client = simulator.client
            let token = try await client.token()
            let (items, link) = try await self.round(simulator, Self.selected + "&$deltatoken=latest", token)
            #expect(items.isEmpty)
            let truth = try #require(await simulator.directory(tenant: Scenario.contosoID))
            let ids = truth.users.keys.sorted()
            var rename = DirectoryAction(.change, id: ids.first)
            rename.properties = ["displayName": "Renamed", "mail": .null]
            var unseen = DirectoryAction(.change, id: ids.last)
            unseen.properties = ["mail": .null]
            try await simulator.perform([rename, unseen], tenant: Scenario.contosoID)
            let changed = try await self.round(simulator, link, token).items
            #expect(changed.compactMap { $0["displayName"]?.text } == ["Renamed"])
            #expect(changed.allSatisfy { $0["mail"] == nil })
            let minimal = try await client.send(
                "GET",
                link,
                headers: [
                    "Authorization": "Bearer \(token)", "Prefer": "return=minimal",
                    "client-request-id": "9b1f0c52-0000-4000-8000-00000000feed",
                ]
            )
            #expect(Set(minimal.records.first?.object?.keys.map { $0 } ?? []) == ["id", "displayName"])
        }
    }

    @Test("A list's link belongs to its list and dies after an hour")
    func boundPages() async throws {
        try await withSimulator(Self.scenario()) { simulator in
            let token = try await simulator.client.token()
            let truth = try #require(await simulator.directory(tenant: Scenario.contosoID))
            let groups = truth.members.filter { $0.value.count > 20 }.keys.sorted()
            try #require(groups.count == 2)
            let path = "/v1.0/groups/\(groups[0])/members?$top=10"
            let link = try #require(try await self.get(simulator, path, token).json["@odata.nextLink"]?.text)
            #expect(try await self.get(simulator, link, token).records.count == 10)
            for strange in [link.replacing(groups[0], with: groups[1]), link.replacing("$top=10", with: "$top=5")] {
                #expect(try await self.get(simulator, strange, token).graphCode == "Directory_ExpiredPageToken")
            }
            await simulator.advance(by: 3_601)
            let later = try await simulator.client.token()
            #expect(try await self.get(simulator, link, later).graphCode == "Directory_ExpiredPageToken")
        }
    }

    @Test("Members that the application may not read come with their id alone")
    func unreadableMembers() async throws {
        let groupsOnly = Self.scenario { $0.consents[Scenario.demoClientID] = ["GroupMember.Read.All"] }
        for (scenario, mayRead) in [(groupsOnly, false), (Self.scenario(), true)] {
            try await withSimulator(scenario) { simulator in
                let token = try await simulator.client.token()
                let truth = try #require(await simulator.directory(tenant: Scenario.contosoID))
                let group = try #require(truth.members.max { $0.value.count < $1.value.count }?.key)
                let path = "/v1.0/groups/\(group)/members?$select=id,displayName"
                let members = try await self.get(simulator, path, token).records
                #expect(members.count == 25)
                #expect(members.allSatisfy { ($0["displayName"] != nil) == mayRead })
                #expect(members.allSatisfy { $0["@odata.type"] == "#microsoft.graph.user" })
            }
        }
    }
}
