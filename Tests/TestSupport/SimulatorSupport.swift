package import Simulator

/// Runs a body against a simulator of its own and closes it afterwards, whatever happened.
///
/// Listens on free loopback ports, so any number run side by side.
package func withSimulator<Result>(
    _ scenario: Scenario = .demo,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (SimulatorServer) async throws -> Result
) async throws -> Result {
    let simulator = try await SimulatorServer.start(scenario: scenario, ports: .ephemeral)
    do {
        let result = try await body(simulator)
        await simulator.stop()
        return result
    } catch {
        await simulator.stop()
        throw error
    }
}

extension Scenario {
    /// The demo scenario with simulated time that stands still until a test advances it.
    package static var virtualDemo: Scenario {
        var scenario = Scenario.demo
        scenario.clock = ClockSettings(kind: .virtual)
        return scenario
    }

    /// The demo scenario with contoso.com fully granted: app role and directory role are there and have settled.
    package static var grantedDemo: Scenario {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].consents[demoClientID] = ScenarioApplication.productPermissions + ["Exchange.ManageAsApp"]
        scenario.tenants[0].directoryRoles = [demoClientID: ["Exchange Administrator"]]
        return scenario
    }
}
