import Foundation
import JobModel
import Logging
import Microsoft365

@testable import Executors

/// A gateway of documentation addresses.
func testGateway(
    name: String = "Example Gateway",
    inboundRanges: [String] = ["198.51.100.0/23", "203.0.113.7"]
) throws -> GatewayProfile {
    try GatewayProfile(
        name: name,
        inboundRanges: inboundRanges,
        smartHosts: ["out1.gateway.example", "out2.gateway.example"],
        egressAddresses: ["192.0.2.10", "2001:db8::25"],
        spfMechanism: "include:spf.gateway.example",
        mxHosts: ["mx1.gateway.example"]
    )
}

/// The kinds of that gateway, over a tenant that is never called.
func testKinds(_ transport: Transport) throws -> ExchangeKinds {
    let tenant = Microsoft365(
        tenant: UUID(),
        application: Application(clientID: "unused", credential: .secret("unused")),
        endpoints: .global,
        limits: .standard,
        transport: transport,
        logger: .init(label: "unused")
    )
    return ExchangeKinds(exchange: tenant.exchange, wanted: try WantedObjects(gateway: try testGateway()))
}

/// Runs a pure test that needs kinds, and closes what it never opened.
func withKinds(_ body: (ExchangeKinds) throws -> Void) async throws {
    let transport = Transport()
    let result = Result { try body(try testKinds(transport)) }
    try await transport.shutdown()
    try result.get()
}

/// The record that Exchange would show of settings, as far as the settings go.
func record(_ settings: some ExchangeSettings, _ changes: [String: JSONValue] = [:]) -> ExchangeRecord {
    var fields = settings.parameters
    fields["Guid"] = .string(UUID().uuidString)
    fields["Name"] = fields["Name"] ?? "Unnamed"
    return ExchangeRecord(fields.merging(changes) { $1 })
}

/// The moment a number of seconds after an arbitrary start.
func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_800_000_000 + seconds) }
