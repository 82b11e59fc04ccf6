package import AMQP
package import Foundation
import JobModel
import JobQueue

/// Looks at the broker and at what it holds.
package enum BrokerDoctor {
    /// Connects, and compares exchanges and queues with what the workers need.
    package static func examine(
        _ options: ConnectionOptions,
        now: @escaping @Sendable () -> Date
    ) async -> [DoctorFinding] {
        let connection: Connection
        do {
            connection = try await Connection.open(options)
        } catch {
            return [
                DoctorFinding(
                    "broker",
                    .bad,
                    "\(error)",
                    mend: "Check broker.url, broker.password-file and that RabbitMQ runs."
                )
            ]
        }
        let version = BrokerTraits.finding(connection.brokerVersion)
        let topology = await self.topology(on: connection)
        let alarm = BrokerProbe.alarm(on: connection)
        let clock = await BrokerProbe.clock(on: connection, name: UUID().uuidString.lowercased(), now: now)
        await connection.close()
        return [version, alarm] + topology + [clock]
    }

    private static func topology(on connection: Connection) async -> [DoctorFinding] {
        do {
            let probe = "probe-\(UUID().uuidString.lowercased())"
            let findings =
                try await JobTopology.differences(on: connection)
                + JobTopology.overruled(on: connection, probe: probe)
            guard !findings.isEmpty else {
                let count = JobTopology.queues.count
                return [
                    DoctorFinding("topology", .good, "All \(count) queues and their exchanges are as they should be.")
                ]
            }
            return findings.map { finding in
                DoctorFinding(
                    "topology \(finding.object)",
                    .bad,
                    "\(finding.kind.rawValue): \(finding.detail)",
                    mend: self.mend(for: finding.kind)
                )
            }
        } catch {
            return [
                DoctorFinding("topology", .unknown, "\(error)", mend: "Run doctor with a login that may configure.")
            ]
        }
    }

    private static func mend(for kind: TopologyFinding.Kind) -> String {
        switch kind {
        case .missing: "Run `sluice topology apply`."
        case .different: "Drain and delete it, then run `sluice topology apply`; arguments cannot be changed."
        case .overruled: "Take `overflow` out of the policy, or set it to reject-publish: `rabbitmqctl list_policies`."
        case .forbidden: "Give the login the right to configure it, or run doctor with one that has it."
        }
    }
}
