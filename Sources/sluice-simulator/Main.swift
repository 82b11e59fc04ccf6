import ArgumentParser
import Foundation
import Simulator

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-simulator",
        abstract: "Plays Microsoft 365 on loopback: sign-in, Graph, Exchange administration, DNS.",
        discussion: """
            Prints its addresses as one line of JSON when it listens, and ends on SIGTERM or SIGINT.

            Examples:
              sluice-simulator
              sluice-simulator --port 18440 --ready-file /run/sluice/simulator.json
              sluice-simulator --scenario scenario.json
              sluice-simulator --print-scenario > scenario.json

            Without a scenario it holds three tenants and one application:
              contoso.com       \(Scenario.contosoID)  consented
              fabrikam.com      \(Scenario.fabrikamID)  no consent yet, dehydrated
              tailspin.example  \(Scenario.tailspinID)  consented, no Exchange Online
              client id         \(Scenario.demoClientID)
              client secret     \(Scenario.demoSecret)

            Look into it with:
              curl "$controlURL/_simulator/tenants/contoso.com"
              curl "$controlURL/_simulator/violations"
            """
    )

    @Option(help: "A scenario file (JSON). Default: the built-in one.")
    var scenario: String?

    @Option(help: "The first of six ports: login, graph, exchange, control, dns, dnsAuthoritative. Default: free ones.")
    var port: Int?

    @Option(help: "A file that gets the same line of JSON once all listen.")
    var readyFile: String?

    @Flag(help: "Print the built-in scenario and end.")
    var printScenario = false

    func validate() throws {
        guard (1...65_530).contains(port ?? 1) else { throw ValidationError("--port must be 1 to 65530.") }
    }

    func run() async throws {
        if printScenario { return print(try pretty(Scenario.demo)) }
        let ports = port.map(SimulatorPorts.from) ?? .ephemeral
        let simulator = try await SimulatorServer.start(scenario: try readScenario(), ports: ports)
        let line = simulator.addresses.line
        if let readyFile { try Data((line + "\n").utf8).write(to: URL(filePath: readyFile), options: .atomic) }
        try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        await EndSignals.wait()
        await simulator.stop()
    }

    private func readScenario() throws -> Scenario {
        guard let scenario else { return .demo }
        guard let data = try? Data(contentsOf: URL(filePath: scenario)) else {
            throw ValidationError("The scenario file cannot be read: \(scenario)")
        }
        return try Scenario.read(data)
    }

    private func pretty(_ scenario: Scenario) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(scenario), as: UTF8.self)
    }
}
