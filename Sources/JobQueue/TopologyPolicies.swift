package import AMQP

extension JobTopology {
    /// How often a probe is written to: RabbitMQ takes a message or two over the limit before it refuses.
    private static let probeRounds = 8
    /// When the broker deletes a probe that was left behind, in milliseconds.
    private static let probeLife: Int32 = 60_000

    /// Finds policies that make the broker drop messages where it has to refuse them.
    ///
    /// A policy's `overflow` overrules the argument of a quorum queue (rabbitmq.com, "Policies"), and with anything but
    /// `reject-publish` both a full queue and at-least-once dead lettering lose messages. AMQP 0-9-1 shows no policies, but
    /// what they do: short-lived queues are made beside ours, whose names begin as ours do and which may hold one message,
    /// and are written to until the broker refuses. A policy whose pattern names one of our queues to its end is not seen.
    /// `probe` is a name that no one else uses at the time; the login must be allowed to configure, write and read
    /// `<queue>.<probe>`.
    package static func overruled(on connection: Connection, probe: String) async throws(AMQPError) -> [TopologyFinding]
    {
        var findings: [TopologyFinding] = []
        var probes: [String] = []
        for name in self.probed {
            do {
                _ = try await connection.declareQueue(self.probe(of: name, probe))
                probes.append(name)
            } catch {
                guard error.replyCode == 403 else { throw error }
                findings.append(self.finding(name, .forbidden, error.reason))
            }
        }
        let overruled = try await self.accepting(probes.map { "\($0).\(probe)" }, on: connection)
        for name in probes {
            try? await connection.deleteQueue("\(name).\(probe)")  // one that stays is deleted by the broker
            guard overruled.contains("\(name).\(probe)") else { continue }
            findings.append(
                self.finding(name, .overruled, "a policy's overflow is not reject-publish, so messages are dropped")
            )
        }
        return findings
    }

    /// One queue of each family of names that may not drop anything.
    private static var probed: [String] {
        let whole = self.queues.filter { $0.arguments["x-overflow"] == .string("reject-publish") }
        let families = Dictionary(grouping: whole.map(\.name)) { name in
            name.split(separator: ".").filter { !$0.allSatisfy(\.isNumber) }.joined(separator: ".")
        }
        return families.keys.sorted()
    }

    private static func finding(_ name: String, _ kind: TopologyFinding.Kind, _ detail: String) -> TopologyFinding {
        TopologyFinding(object: "policies of \(name)", kind: kind, detail: detail)
    }

    private static func probe(of name: String, _ probe: String) -> Queue {
        Queue(
            name: "\(name).\(probe)",
            arguments: [
                "x-queue-type": .string("quorum"), "x-overflow": .string("reject-publish"), "x-max-length": .int32(1),
                "x-expires": .int32(self.probeLife),
            ]
        )
    }

    /// Those that never refuse, though they are full.
    private static func accepting(_ queues: [String], on connection: Connection) async throws(AMQPError) -> Set<String>
    {
        var left = queues
        for _ in 0..<self.probeRounds where !left.isEmpty {
            let message = Message(body: [], properties: Properties(messageID: "probe"))
            let failures = await connection.publish(left.map { (message, .queue($0)) }, mandatory: false)
            if let error = failures.lazy.compactMap({ $0 }).first(where: { $0.code != .nacked }) { throw error }
            left = zip(left, failures).filter { $1 == nil }.map(\.0)
        }
        return Set(left)
    }
}
