import Foundation
import Logging
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

/// A client of the simulator's tenants, with pauses short enough for tests.
struct TenantRig {
    let simulator: SimulatorServer
    let transport: Transport

    /// A client for one tenant; each has its own tokens.
    func tenant(
        _ id: String = Scenario.contosoID,
        clientID: String = Scenario.demoClientID,
        credential: Credential = .secret(Scenario.demoSecret),
        limits: RequestLimits = .test
    ) throws -> Microsoft365 {
        Microsoft365(
            tenant: try #require(UUID(uuidString: id)),
            application: Application(clientID: clientID, credential: credential),
            endpoints: try CloudEndpoints(
                cloud: "global",
                loginURL: self.simulator.addresses.loginURL,
                graphURL: self.simulator.addresses.graphURL,
                exchangeURL: self.simulator.addresses.exchangeURL
            ),
            limits: limits,
            transport: self.transport,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// How many calls of a route the simulator has seen.
    func calls(_ route: String) async -> Int { await self.simulator.journal(route: route).count }

    /// Lets calls of a route go wrong from now on.
    func fail(_ route: String, _ fault: Fault, nth: Int = 1, count: Int = 1) async {
        await self.simulator.add(FaultRule(route: route, fault: fault, nth: nth, count: count))
    }
}

extension RequestLimits {
    /// Short pauses, so that repetition is seen without waiting for it.
    static let test = RequestLimits(
        requestTime: .seconds(20),
        commandTime: .seconds(20),
        answerBytesMax: 1 << 20,
        pagesMax: 20,
        readAttemptsMax: 3,
        readPause: .milliseconds(2),
        readPauseMax: .milliseconds(1_500),
        readTimeMax: .seconds(60)
    )
}

extension Fault {
    /// An error of a status with no body.
    static func empty(_ status: Int) -> Fault {
        var fault = Fault(.empty)
        fault.status = status
        return fault
    }

    /// 429, with or without Retry-After.
    static func throttle(_ retryAfter: String?) -> Fault {
        var fault = Fault(.throttle)
        fault.retryAfter = retryAfter
        return fault
    }

    /// An AADSTS refusal.
    static func login(_ number: Int) -> Fault {
        var fault = Fault(.loginError)
        fault.aadsts = number
        return fault
    }

    /// An exception of Exchange.
    static func exception(_ type: String) -> Fault {
        var fault = Fault(.exchangeError)
        fault.type = type
        return fault
    }

    /// A fault that replaces only the reply: the call is carried out.
    var committed: Fault {
        var fault = self
        fault.afterCommit = true
        return fault
    }
}

/// Runs a body against a simulator of its own, and checks that the client broke none of the service's rules.
func withRig(
    _ scenario: Scenario = .grantedDemo,
    allowing allowed: Set<Violation.Kind> = [],
    _ body: (TenantRig) async throws -> Void
) async throws {
    try await withSimulator(scenario) { simulator in
        let rig = TenantRig(simulator: simulator, transport: Transport())
        do {
            try await body(rig)
        } catch {
            try await rig.transport.shutdown()
            throw error
        }
        try await rig.transport.shutdown()
        let violations = await simulator.violations().filter { !allowed.contains($0.kind) }
        #expect(violations.isEmpty, "\(violations)")
    }
}

/// What a call throws, or nil when it succeeds.
func failure<Value>(of call: () async throws(Microsoft365Error) -> Value) async -> Microsoft365Error? {
    do throws(Microsoft365Error) {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}
