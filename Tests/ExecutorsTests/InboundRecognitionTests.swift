import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

/// A tenant is connected while its MX still leads to Microsoft: whoever restricts then stops all its mail.
@Suite("The inbound connector recognises the gateway and refuses nobody")
struct InboundRecognitionTests {
    private static let field = "RestrictDomainsToIPAddresses"
    private static let finding = "inbound-connector.\(Self.field)"

    /// What Exchange shows of our inbound connector.
    private static func restricts(_ bench: Bench) async throws -> Bool? {
        let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
        let ours = tenant.inboundConnectors.first { $0["Name"]?.text == OurObject.inbound.name }
        return try required(ours)[Self.field]?.flag
    }

    /// The kinds of the test gateway, over the simulator.
    private static func kinds(_ bench: Bench) throws -> ExchangeKinds {
        let tenant = Microsoft365(
            tenant: try required(UUID(uuidString: Scenario.contosoID)),
            application: bench.settings.application,
            endpoints: bench.settings.endpoints,
            limits: bench.settings.limits,
            transport: bench.settings.transport,
            logger: bench.log.logger
        )
        let wanted = try WantedObjects(gateway: bench.settings.gateway)
        return ExchangeKinds(exchange: tenant.exchange, wanted: wanted)
    }

    /// Makes our connector what versions up to 2026-11 made of it: restricting, and marked as applied like that.
    private static func restrictAsBefore(_ bench: Bench) async throws {
        let kind = try Self.kinds(bench).inbound
        let stamp = AppliedStamp(job: JobID(UUID()), time: bench.now, before: .unknown)
        let comment = kind.markedComment(applying: [Self.field: "true"], to: nil, stamp)
        try await bench.edit(.inbound, [Self.field: true, "Comment": .text(comment)])
    }

    @Test(
        "A fresh connector has the gateway's addresses and demands TLS, and restricts nothing",
        arguments: [false, true]
    )
    func fresh(isGranted: Bool) async throws {
        try await Bench.with(isGranted ? .grantedDemo : .virtualDemo) { bench in
            let output = try await bench.connect()
            let made = try required(output.changes.first { $0.kind == .inboundConnector })
            let fields = made.fields.reduce(into: [String: String]()) { $0[$1.field] = $1.after }
            #expect(fields[Self.field] == "false")
            #expect(fields["RequireTls"] == "true")
            #expect(fields["SenderDomains"] == "*")
            #expect(try await Self.restricts(bench) == false)
            let effects = await bench.ownEffects().filter { $0.hasSuffix("inbound-connector") }
            #expect(effects == ["created inbound-connector"], "nothing was restricted and lifted again")
            #expect(try await bench.drift().isEmpty)
        }
    }

    @Test("One that an earlier version made restricting is told, left alone by connect-tenant, and opened on request")
    func earlierVersion() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await Self.restrictAsBefore(bench)

            let again = try await bench.connect()
            #expect(again.changes.isEmpty)
            #expect(again.warnings.contains { $0.contains("locked down without proof") && $0.contains(Self.finding) })
            #expect(try await Self.restricts(bench) == true)

            let findings = try await bench.drift()
            #expect(findings.map(\.id) == [Self.finding])
            #expect(findings.map(\.drift) == [.outdated])
            #expect(findings.map(\.isRepairable) == [true])
            #expect(findings.first?.advice.hasPrefix("Locked down without proof") == true)

            let repaired = try await bench.verify(#""repair":["\#(Self.finding)"]"#).output(VerifyTenantOutput.self)
            #expect(repaired.changes.flatMap { $0.fields.map(\.field) } == [Self.field])
            #expect(try await Self.restricts(bench) == false)
            #expect(try await bench.drift().isEmpty)
            #expect(try await bench.connect().warnings.isEmpty)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("One that an administrator restricts is told as changed since")
    func administrator() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, [Self.field: true])
            let findings = try await bench.drift()
            #expect(findings.map(\.id) == [Self.finding])
            #expect(findings.map(\.drift) == [.changed])
            #expect(findings.first?.advice.hasPrefix("Locked down without proof") == true)
        }
    }

    @Test("One that is shown as restricting the moment it is made is opened at once, and the job says so")
    func secured() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            let kind = try Self.kinds(bench).inbound
            let open = try required(try await kind.list().first { $0.name == OurObject.inbound.name })
            try await kind.secure(open)

            try await bench.edit(.inbound, [Self.field: true])
            let restricting = try required(try await kind.find(open.identity))
            await #expect(throws: Problem.self) { try await kind.secure(restricting) }
            #expect(try await Self.restricts(bench) == false)
        }
    }
}
