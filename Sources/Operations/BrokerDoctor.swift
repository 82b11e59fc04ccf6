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
        let size = await BrokerProbe.size(on: connection, name: UUID().uuidString.lowercased())
        await connection.close()
        return [version, alarm] + topology + [clock, size]
    }

    private static func topology(on connection: Connection) async -> [DoctorFinding] {
        do {
            let probe = "probe-\(UUID().uuidString.lowercased())"
            let findings =
                try await JobTopology.differences(on: connection)
                + JobTopology.overruled(on: connection, probe: probe)
            return self.topology(findings)
        } catch {
            return [DoctorFinding("topology", .unknown, "\(error)", mend: self.otherLogin)]
        }
    }

    /// What the differences mean; pure.
    ///
    /// An account with the least rights sees what is missing, and may not compare the rest: that is no fault of the broker's.
    static func topology(_ differences: [TopologyFinding]) -> [DoctorFinding] {
        let forbidden = differences.filter { $0.kind == .forbidden }
        let faults = differences.compactMap { finding in
            self.mend(for: finding.kind).map { mend in
                let words = "\(finding.kind.rawValue): \(finding.detail)"
                return DoctorFinding("topology \(finding.object)", .bad, words, mend: mend)
            }
        }
        if !forbidden.isEmpty {
            let state = faults.isEmpty ? "All queues and exchanges are there; this" : "This"
            let words = "\(state) login may not compare the arguments and policies of \(forbidden.count) of them."
            return faults + [DoctorFinding("topology", .unknown, words, mend: self.otherLogin)]
        }
        let words = "All \(JobTopology.queues.count) queues and their exchanges are as they should be."
        return faults.isEmpty ? [DoctorFinding("topology", .good, words)] : faults
    }

    private static let otherLogin = "Run doctor with the login that runs `sluice topology apply`."

    private static func mend(for kind: TopologyFinding.Kind) -> String? {
        switch kind {
        case .missing: "Run `sluice topology apply`."
        case .different: "Drain and delete it, then run `sluice topology apply`; arguments cannot be changed."
        case .overruled: "Take `overflow` out of the policy, or set it to reject-publish: `rabbitmqctl list_policies`."
        case .forbidden: nil
        }
    }
}
