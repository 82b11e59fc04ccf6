import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Enabling over bad DNS")
struct OutboundDNSFaultTests {
    /// `SLUICE_DNS_SEEDS` makes the run longer.
    private static let seeds = 1...(ProcessInfo.processInfo.environment["SLUICE_DNS_SEEDS"].flatMap { Int($0) } ?? 4)

    /// Faults after which no server of a view has told what the domain publishes.
    private static let hard: [DNSFault] = [.serverFailure, .refusal, .silence, .garbage]
    /// Faults that TCP mends.
    private static let mild: [DNSFault] = [.udpSilence, .truncation]

    @Test("No answer is never a reason to enable, nor one to refuse", arguments: hard, DNSView.allCases)
    func silent(fault: DNSFault, view: DNSView) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            var name = Bench.name("contoso.com", Bench.rightRecord, view: view)
            name.fault = fault
            name.faultTypes = ["TXT"]
            try bench.simulator.publish([name])
            let attempt = try await bench.enable()
            #expect(attempt.problem?.code == .dnsUnavailable)
            #expect(attempt.outcome.isPostponed)
            #expect(attempt.problem?.detail.contains("contoso.com") == true)
            #expect(try await bench.isOutboundEnabled() == false)
            let dry = try await bench.enable(#""dryRun":true"#).output(EnableOutboundConnectorOutput.self)
            #expect(dry.gate == .unknown)
            #expect(dry.domains.first?.publish == nil, "unknown is never missing")
        }
    }

    @Test("Truncated and lost datagrams are mended over TCP", arguments: mild, DNSView.allCases)
    func mended(fault: DNSFault, view: DNSView) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            var name = Bench.name("contoso.com", Bench.rightRecord, view: view)
            name.fault = fault
            name.faultTypes = ["TXT"]
            try bench.simulator.publish([name])
            let attempt = try await bench.enable()
            if fault == .truncation {
                #expect(try attempt.output(EnableOutboundConnectorOutput.self).gate == .open)
            } else {
                #expect(try await bench.isOutboundEnabled() == (attempt.problem == nil))
            }
        }
    }

    @Test("Views that disagree keep the connector off, whichever is right", arguments: DNSView.allCases)
    func disagree(right: DNSView) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord, view: right)
            let attempt = try await bench.enable()
            #expect(attempt.problem?.code == .spfNotReady)
            #expect(attempt.problem?.detail.contains("time to live") == (right == .authoritative))
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("A domain that does not exist any more is refused, never taken as silent", arguments: DNSView.allCases)
    func gone(view: DNSView) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            bench.simulator.unpublish("plant.contoso.com")
            let other: DNSView = view == .resolver ? .authoritative : .resolver
            try bench.simulator.publish([Bench.name("plant.contoso.com", Bench.rightRecord, view: other)])
            #expect(try await bench.enable().problem?.code == .spfNotReady)
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("Of several servers of a zone one may be down")
    func oneDown() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            var servers = ScenarioName("ns1.contoso.com")
            servers.a = ["127.0.0.9", "127.0.0.1"]  // nobody listens at the first
            try bench.simulator.publish([servers])
            #expect(try await bench.enable().output(EnableOutboundConnectorOutput.self).gate == .open)
            _ = try await bench.disable()
            servers.a = ["127.0.0.9"]
            try bench.simulator.publish([servers])
            #expect(try await bench.enable().problem?.code == .dnsUnavailable)
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("Two records, errors and lookups without end are told and refused")
    func broken() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            var two = Bench.name("contoso.com", Bench.rightRecord)
            two.txt.append(["v=spf1 -all"])
            try bench.simulator.publish([two])
            let several = try await bench.enable()
            #expect(several.problem?.code == .spfNotReady)
            #expect(several.problem?.detail.contains("has 2 SPF records") == true, "\(several.problem?.detail ?? "")")
            #expect(several.problem?.detail.contains(Bench.rightRecord) == true)

            try bench.simulator.publish([Bench.name("contoso.com", "v=spf1 ipv4:192.0.2.10 -all")])
            let wrong = try await bench.enable()
            #expect(wrong.problem?.detail.contains("ipv4:192.0.2.10") == true)

            try bench.simulator.publish([Bench.name("contoso.com", "v=spf1 include:contoso.com -all")])
            let loop = try await bench.enable()
            #expect(loop.problem?.code == .spfNotReady)
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("Whatever goes wrong in DNS, the connector is on only where both views were right", arguments: seeds)
    func seeded(seed: Int) async throws {
        try await Bench.withConnected { bench in
            var numbers = SeededNumbers(seed: UInt64(seed))
            var memo: String?
            for _ in 0..<3 {
                let mayPass = try Self.disturb(bench, &numbers)
                let attempt = try await bench.enable(
                    Bool.random(using: &numbers) ? #""waitForDns":true"# : "",
                    memo: memo
                )
                memo = Bool.random(using: &numbers) ? attempt.memo ?? memo : nil
                let isEnabled = try await bench.isOutboundEnabled() == true
                #expect(!isEnabled || mayPass, "seed \(seed)")
                #expect(isEnabled == (attempt.problem == nil), "seed \(seed)")
                await bench.pass(60)
                if isEnabled {
                    _ = try await bench.disable()
                    memo = nil
                }
            }
            // Once DNS is well, it passes: nothing above has left the job stuck.
            try bench.publishGateway()
            try bench.publish(Bench.rightRecord)
            let output = try await bench.enable(memo: memo).output(EnableOutboundConnectorOutput.self)
            #expect(output.gate == .open, "seed \(seed)")
        }
    }

    /// Publishes something at random; whether an attempt may find all of it right.
    private static func disturb(_ bench: Bench, _ numbers: inout SeededNumbers) throws -> Bool {
        let texts = [Bench.rightRecord, Bench.rightRecord, Bench.rightRecord, Bench.oldRecord, "v=spf1 +mx ~all"]
        var mayPass = true
        try bench.publishGateway()
        for domain in Bench.relayDomains {
            bench.simulator.unpublish(domain)
            for view in DNSView.allCases {
                // A name that is left out does not exist in that view.
                if Int.random(in: 0..<12, using: &numbers) == 0 {
                    mayPass = false
                    continue
                }
                let text = texts[Int.random(in: 0..<texts.count, using: &numbers)]
                var name = Bench.name(domain, text, view: view)
                if Int.random(in: 0..<3, using: &numbers) == 0 {
                    name.fault = DNSFault.allCases[Int.random(in: 0..<DNSFault.allCases.count, using: &numbers)]
                    name.faultTypes = Bool.random(using: &numbers) ? ["TXT"] : []
                    name.faultTimes = Int.random(in: 0..<3, using: &numbers)
                }
                let isLasting = name.faultTimes == 0 && name.fault.map(Self.hard.contains) == true
                if text != Bench.rightRecord || isLasting { mayPass = false }
                try bench.simulator.publish([name])
            }
        }
        if Int.random(in: 0..<8, using: &numbers) == 0 {
            try bench.simulator.publish([ScenarioName("spf.gateway.example", text: "v=spf1 ip4:192.0.2.10 -all")])
            mayPass = false
        }
        return mayPass
    }
}
