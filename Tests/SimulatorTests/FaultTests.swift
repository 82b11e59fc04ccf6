import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Faults")
struct FaultTests {
    private static let newInbound = "exchange.New-InboundConnector"

    private func create(_ simulator: SimulatorServer, name: String = "Gateway in") async throws -> TestClient.Answer {
        let parameters = CmdletTests.inbound.merging(["Name": .text(name)]) { $1 }
        return try await simulator.client.cmdlet("New-InboundConnector", .object(parameters))
    }

    @Test("A reply dropped after the commit leaves the object; dropped before, nothing")
    func drops() async throws {
        for (kind, count) in [(Fault.Kind.dropAfterCommit, 1), (.dropBeforeCommit, 0)] {
            try await withSimulator(.grantedDemo) { simulator in
                await simulator.add(FaultRule(route: FaultTests.newInbound, fault: Fault(kind)))
                await #expect(throws: (any Error).self) { try await create(simulator) }
                #expect(await simulator.effects().count == count)
                let entry = await simulator.journal(route: FaultTests.newInbound).first
                #expect(entry?.fault == kind.rawValue)
                #expect(entry?.hasChangedTenant == (count == 1))
            }
        }
    }

    @Test("A fault hits the n-th call and as many after it as it says, in the tenant it names")
    func nth() async throws {
        var fault = Fault(.reply)
        fault.status = 504
        try await withSimulator(.grantedDemo) { simulator in
            await simulator.add(
                FaultRule(route: "exchange.Get-*", fault: fault, tenant: Scenario.contosoID, nth: 2, count: 2)
            )
            await simulator.add(FaultRule(route: "exchange.Get-*", fault: fault, tenant: Scenario.fabrikamID, count: 0))
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await simulator.client.cmdlet("Get-AcceptedDomain").status) }
            #expect(statuses == [200, 504, 504, 200])
        }
    }

    @Test("An error after the commit is an error to the client and an object in the tenant")
    func ambiguous() async throws {
        var fault = Fault(.reply)
        fault.status = 504
        fault.afterCommit = true
        try await withSimulator(.grantedDemo) { simulator in
            await simulator.add(FaultRule(route: FaultTests.newInbound, fault: fault))
            let answer = try await create(simulator)
            #expect(answer.status == 504)
            #expect(await simulator.effects().count == 1)
        }
    }

    @Test("Throttling sends Retry-After as a number, a decimal, a date, or not at all")
    func throttle() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let token = try await simulator.client.token()
            let forms: [(setting: String?, expected: String?)] = [("0", "0"), ("0.128", "0.128"), (nil, nil)]
            for form in forms {
                var fault = Fault(.throttle)
                fault.retryAfter = form.setting
                await simulator.add(FaultRule(route: "graph.domains.list", fault: fault))
                let answer = try await simulator.client.graph("GET", "/v1.0/domains", token: token)
                #expect(answer.status == 429)
                #expect(answer.graphCode == "TooManyRequests")
                #expect(answer.header("retry-after") == form.expected)
                await simulator.clearFaults()
            }
            var fault = Fault(.throttle)
            fault.retryAfter = "date:30"
            await simulator.add(FaultRule(route: "graph.domains.list", fault: fault))
            let answer = try await simulator.client.graph("GET", "/v1.0/domains", token: token)
            #expect(answer.header("retry-after")?.hasSuffix(" GMT") == true)
        }
    }

    @Test("A limit counts refused calls too and is reported when Retry-After is ignored")
    func limit() async throws {
        var scenario = Scenario.demo
        var limit = ThrottleLimit(requests: 2, windowSeconds: 600)
        limit.retryAfter = "30"
        scenario.throttle = limit
        try await withSimulator(scenario) { simulator in
            let token = try await simulator.client.token()
            var statuses: [Int] = []
            for _ in 0..<4 {
                statuses.append(try await simulator.client.graph("GET", "/v1.0/domains", token: token).status)
            }
            #expect(statuses == [200, 200, 429, 429])
            #expect(await simulator.violations().map(\.kind) == [.impatience])
        }
    }

    @Test("Garbage, empty and NUL bodies, transient errors and foreign links come as asked")
    func bodies() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            let token = try await client.token()
            func faulty(_ fault: Fault) async throws -> TestClient.Answer {
                await simulator.clearFaults()
                await simulator.add(FaultRule(route: "*", fault: fault))
                return try await client.graph("GET", "/v1.0/domains", token: token)
            }
            let garbage = try await faulty(Fault(.garbage))
            #expect(garbage.status == 200)
            #expect(garbage.json == .null)
            let empty = try await faulty(Fault(.empty))
            #expect(empty.status == 503 && empty.body.isEmpty)
            #expect(try await faulty(Fault(.nul)).body.allSatisfy { $0 == 0 })
            let foreign = try await faulty(Fault(.foreignNextLink))
            #expect(foreign.json["@odata.nextLink"]?.text?.contains("graph.attacker.example") == true)
            #expect(foreign.records.count == 5)
            await simulator.clearFaults()
            await simulator.add(FaultRule(route: "login.token", fault: Fault(.loginError)))
            let login = try await client.requestToken()
            #expect(login.aadsts == 90033)
            #expect(login.json["error"] == "temporarily_unavailable")
            await simulator.add(FaultRule(route: "exchange.*", fault: Fault(.exchangeError)))
            #expect(try await client.cmdlet("Get-AcceptedDomain").exception == "ServerBusyException")
        }
    }
}
