import MailPolicy
import Simulator
import TestSupport
import Testing

@Suite("Resolver, against a real server on loopback")
struct ResolverTests {
    private static let quick = ResolverTiming(attempt: .milliseconds(150), tries: 2, total: .milliseconds(800))

    private func scenario(_ names: [ScenarioName]) -> Scenario {
        var scenario = Scenario.demo
        scenario.dns = names
        return scenario
    }

    private func name(_ name: String, _ change: (inout ScenarioName) -> Void = { _ in }) -> ScenarioName {
        var made = ScenarioName(name)
        change(&made)
        return made
    }

    private func resolver(_ simulator: SimulatorServer, _ timing: ResolverTiming = ResolverTiming()) throws -> Resolver
    {
        try Resolver(servers: [try NameServer(simulator.addresses.dns)], timing: timing)
    }

    @Test("Every type comes back typed; texts in pieces are joined; aliases are followed; case does not matter")
    func types() async throws {
        let names = [
            self.name("example.com") {
                $0.a = ["192.0.2.1", "192.0.2.2"]
                $0.aaaa = ["2001:db8::1"]
                $0.mx = ["20 b.example.com", "10 a.example.com"]
                $0.ns = ["ns1.example.com"]
                $0.txt = [["v=spf1 ", "-all"], ["", "other"]]
            },
            self.name("alias.example.com") { $0.cname = "example.com" },
            self.name("1.2.0.192.in-addr.arpa") { $0.ptr = ["one.example.com", "two.example.com"] },
        ]
        try await withSimulator(self.scenario(names)) { simulator in
            let resolver = try self.resolver(simulator)
            func ask(_ name: String, _ type: DNSRecordType) async -> DNSAnswer { await resolver.lookup(name, type) }
            let one = try #require(IPAddress("192.0.2.1")), two = try #require(IPAddress("192.0.2.2"))
            let six = try #require(IPAddress("2001:db8::1"))
            #expect(await ask("Example.COM.", .a) == .records([.address(one), .address(two)]))
            #expect(await ask("example.com", .aaaa) == .records([.address(six)]))
            let exchanges: [DNSRecord] = [
                .mailExchange(preference: 20, host: "b.example.com"),
                .mailExchange(preference: 10, host: "a.example.com"),
            ]
            guard case .records(let found) = await ask("example.com", .mx) else { throw Missing() }
            #expect(Set(found) == Set(exchanges))
            #expect(await ask("example.com", .ns) == .records([.nameServer("ns1.example.com")]))
            #expect(await ask("example.com", .soa) == .records([.zone(primary: "ns1.example.com", serial: 1)]))
            #expect(await ask("example.com", .txt) == .records([.text("v=spf1 -all"), .text("other")]))
            #expect(await ask("alias.example.com", .txt) == .records([.text("v=spf1 -all"), .text("other")]))
            #expect(await ask("alias.example.com", .a) == .records([.address(one), .address(two)]))
            #expect(
                await ask("1.2.0.192.in-addr.arpa", .ptr)
                    == .records([.name("one.example.com"), .name("two.example.com")])
            )
        }
    }

    private struct Missing: Error {}

    @Test("No such name, no such record and no answer are three things")
    func kinds() async throws {
        let faults: [(DNSFault, DNSFailure)] = [
            (.serverFailure, .serverFailure), (.refusal, .refused), (.silence, .timedOut), (.garbage, .malformed),
        ]
        var names = [self.name("example.com") { $0.a = ["192.0.2.1"] }, self.name("a.parent.example")]
        names.append(self.name("loose.example.com") { $0.cname = "absent.example" })
        names.append(self.name("bare.example.com") { $0.cname = "example.com" })
        names += faults.map { fault, _ in self.name("\(fault.rawValue).example") { $0.fault = fault } }
        try await withSimulator(self.scenario(names)) { simulator in
            let resolver = try self.resolver(simulator)
            let hasty = try self.resolver(simulator, Self.quick)
            #expect(await resolver.lookup("absent.example", .a) == .nxDomain)
            #expect(await resolver.lookup("loose.example.com", .a) == .nxDomain)
            #expect(await resolver.lookup("example.com", .txt) == .noData)
            #expect(await resolver.lookup("bare.example.com", .txt) == .noData)
            #expect(await resolver.lookup("parent.example", .a) == .noData)
            #expect(await resolver.lookup("a..example", .a) == .nxDomain)
            for (fault, failure) in faults {
                let isSilent = fault == .silence || fault == .garbage
                let answer = await (isSilent ? hasty : resolver).lookup("\(fault.rawValue).example", .txt)
                guard case .temporaryFailure(let found) = answer else {
                    Issue.record("\(fault) became \(answer)")
                    continue
                }
                // Bytes that are no answer are dropped like silence by some releases of the library.
                #expect(
                    found == failure || (fault == .garbage && [.timedOut, .unreachable].contains(found)),
                    "\(fault) \(found)"
                )
            }
        }
    }

    @Test("A cut answer, and one too long for a datagram, come over TCP")
    func truncation() async throws {
        let long = String(repeating: "0123456789", count: 300)
        let names = [
            self.name("cut.example") {
                $0.txt = [["short"]]
                $0.fault = .truncation
            },
            ScenarioName("long.example", text: long),
        ]
        try await withSimulator(self.scenario(names)) { simulator in
            let resolver = try self.resolver(simulator)
            #expect(await resolver.lookup("cut.example", .txt) == .records([.text("short")]))
            #expect(await resolver.lookup("long.example", .txt) == .records([.text(long)]))
            #expect(simulator.dnsJournal().map(\.transport) == ["udp", "tcp", "udp", "tcp"])
        }
    }

    @Test("A lost datagram is sent again; a failing server is passed over for the next")
    func retries() async throws {
        let name = self.name("example.com") {
            $0.a = ["192.0.2.1"]
            $0.fault = .silence
            $0.faultTimes = 1
        }
        try await withSimulator(self.scenario([name])) { simulator in
            #expect(try await self.resolver(simulator, Self.quick).lookup("example.com", .a).count == 1)
            let servers = [try NameServer("127.0.0.1:1"), try NameServer(simulator.addresses.dns)]
            #expect(try await Resolver(servers: servers).lookup("example.com", .a).count == 1)
        }
    }

    @Test("Silence ends with the time given, cancellation ends at once")
    func patience() async throws {
        let name = self.name("example.com") { $0.fault = .silence }
        try await withSimulator(self.scenario([name])) { simulator in
            let hasty = ResolverTiming(attempt: .seconds(30), tries: 4, total: .milliseconds(200))
            let start = ContinuousClock.now
            #expect(try await self.resolver(simulator, hasty).lookup("example.com", .a) == .temporaryFailure(.timedOut))
            #expect(ContinuousClock.now - start < .seconds(30))
            let patient = try self.resolver(simulator, ResolverTiming(attempt: .seconds(60), total: .seconds(60)))
            let answer = await withTaskGroup(of: DNSAnswer.self) { group in
                group.addTask { await patient.lookup("example.com", .a) }
                group.cancelAll()
                return await group.next()
            }
            #expect(answer == .temporaryFailure(.cancelled))
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }

    @Test("Many questions at once each get their own answer")
    func many() async throws {
        let names = (0..<100).map { number in self.name("h\(number).example") { $0.a = ["192.0.2.\(number)"] } }
        try await withSimulator(self.scenario(names)) { simulator in
            let resolver = try self.resolver(simulator)
            let right = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let expected = IPAddress("192.0.2.\(number)").map { DNSAnswer.records([.address($0)]) }
                        return await resolver.lookup("h\(number).example", .a) == expected
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == 100)
        }
    }

    @Test("The authoritative servers have their own view, refuse other zones, and leave aliases out of the zone open")
    func authoritative() async throws {
        var old = ScenarioName("contoso.com", text: "v=spf1 -all")
        old.ns = ["ns1.contoso.com"]
        old.view = .resolver
        var new = ScenarioName("contoso.com", text: "v=spf1 +all")
        new.ns = ["ns1.contoso.com"]
        new.view = .authoritative
        let names = [
            old, new, self.name("ns1.contoso.com") { $0.a = ["127.0.0.1"] }, ScenarioName("other.example", text: "x"),
            self.name("far.contoso.com") { $0.cname = "other.example" },
            self.name("near.contoso.com") { $0.cname = "second.example" },
            self.name("ring.contoso.com") { $0.cname = "ring.second.example" },
            self.name("ring.second.example") { $0.cname = "ring.contoso.com" },
            self.name("second.example") {
                $0.ns = ["ns1.contoso.com"]
                $0.txt = [["near"]]
            },
        ]
        try await withSimulator(self.scenario(names)) { simulator in
            let resolver = try self.resolver(simulator)
            let port = try NameServer(simulator.addresses.dnsAuthoritative).port
            let finding = await AuthoritativeServers.find("contoso.com", resolver, port: port)
            guard case .servers(let zone, let servers) = finding else { throw Missing() }
            #expect(servers.map(\.description) == [simulator.addresses.dnsAuthoritative])
            let own = try Resolver(servers: servers)
            #expect(await resolver.lookup("contoso.com", .txt) == .records([.text("v=spf1 -all")]))
            #expect(await own.lookup("contoso.com", .txt) == .records([.text("v=spf1 +all")]))
            #expect(await own.lookup("other.example", .txt) == .temporaryFailure(.refused))
            #expect(await own.lookup("far.contoso.com", .txt) == .temporaryFailure(.unfollowedAlias))
            #expect(await own.lookup("near.contoso.com", .txt) == .records([.text("near")]))
            #expect(await own.lookup("near.contoso.com", .a) == .noData)
            #expect(await own.lookup("ring.contoso.com", .txt) == .noData)
            #expect(await own.lookup("absent.contoso.com", .txt) == .nxDomain)
            let both = AuthoritativeLookup(zone: zone, authoritative: own, resolver: resolver)
            #expect(await both.lookup("contoso.com", .txt) == .records([.text("v=spf1 +all")]))
            #expect(await both.lookup("other.example", .txt) == .records([.text("x")]))
            #expect(await both.lookup("far.contoso.com", .txt) == .records([.text("x")]))
        }
    }

    @Test("More servers than can be watched are refused, nobody listening is a failure of the moment")
    func servers() async throws {
        let server = try NameServer("127.0.0.1:1")
        #expect(throws: MailPolicyError.self) { try Resolver(servers: Array(repeating: server, count: 9)) }
        let answer = try await Resolver(servers: [server]).lookup("example.com", .a)
        // On a busy machine the time may be over before the refusal is heard.
        #expect(answer == .temporaryFailure(.unreachable) || answer == .temporaryFailure(.timedOut), "\(answer)")
    }
}

extension DNSAnswer {
    fileprivate var count: Int {
        guard case .records(let records) = self else { return 0 }
        return records.count
    }
}
