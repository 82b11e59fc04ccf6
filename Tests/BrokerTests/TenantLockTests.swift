import AMQP
import Foundation
import JobModel
import Logging
import TestSupport
import Testing

@testable import WorkerRuntime

/// One private broker for all of them, in turn, as each freezes it.
@Suite("The lock of a tenant, on a real broker", .serialized, .timeLimit(.minutes(3)))
struct TenantLockTests {
    // Started once for all tests of the suite; it ends with the process.
    private static let starting = Task { try await Broker.private() }
    /// How long the broker may take to answer; one that is frozen is longer away, and no heartbeat is missed yet.
    private static let callTimeout = Duration.seconds(2)

    private func lock() async throws -> TenantLock {
        var options = try await Self.starting.value.options()
        options.heartbeat = .seconds(30)
        options.callTimeout = Self.callTimeout
        return TenantLock(
            connection: try await Connection.open(options),
            gate: KeyedGate(),
            lost: Signal(),
            lease: SessionLease(for: .seconds(600)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test("A broker that answers late: the locks are given back all the same, and can be taken again")
    func lateBroker() async throws {
        let (broker, lock) = (try await Self.starting.value, try await self.lock())
        let tenants = [TenantID(UUID()), TenantID(UUID())]
        for tenant in tenants { #expect(try await lock.take(tenant)) }
        try broker.pause()
        // The first request is on the wire, the second waits behind it and is never sent.
        async let first: Void = lock.giveBack(tenants[0])
        async let second: Void = lock.giveBack(tenants[1])
        try await never(within: Self.callTimeout + .milliseconds(300), "the end of the connection") {
            lock.connection.hasEnded
        }
        try broker.resume()
        _ = await (first, second)
        for tenant in tenants { #expect(try await lock.take(tenant)) }
        await lock.connection.close()
    }

    @Test("A broker that does not answer: the connection is given up, and with it the locks")
    func silentBroker() async throws {
        let (broker, lock) = (try await Self.starting.value, try await self.lock())
        let tenants = [TenantID(UUID()), TenantID(UUID())]
        for tenant in tenants { #expect(try await lock.take(tenant)) }
        try broker.pause()
        await withTaskGroup(of: Void.self) { group in
            for tenant in tenants { group.addTask { await lock.giveBack(tenant) } }
        }
        #expect(lock.connection.hasEnded)
        try broker.resume()
        let next = try await self.lock()
        for tenant in tenants {
            try await eventually("the lock of another") { try await next.take(tenant) }
        }
        await next.connection.close()
    }
}
