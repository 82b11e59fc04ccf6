/// What differs between the versions of RabbitMQ, as far as it concerns what Sluice does; pure.
///
/// From RabbitMQ's release notes and the pages "Quorum Queues", "Consumer Acknowledgement Timeout" and "Dead Lettering".
package enum BrokerTraits {
    /// The versions that the tests run against.
    private static let testedMajor = 3
    /// The oldest RabbitMQ whose quorum queues do what the topology needs (at-least-once dead lettering).
    private static let oldest = (3, 10)

    private struct Trait {
        let from: (Int, Int)
        let below: (Int, Int)
        let text: String
    }

    private static let traits = [
        Trait(from: (0, 0), below: (3, 12), text: "its consumer timeout is one for all queues, 30 minutes by default"),
        Trait(from: (0, 0), below: (4, 0), text: "it reads x-death from clients, which is why Sluice never sends it"),
        Trait(from: (0, 0), below: (4, 3), text: "every kind of requeue counts towards the delivery limit"),
        Trait(
            from: (4, 0),
            below: (99, 0),
            text: "quorum queues without a limit of their own drop after 20 deliveries"
        ),
        Trait(from: (4, 0), below: (99, 0), text: "messages over 16 MiB are refused"),
        Trait(from: (4, 3), below: (99, 0), text: "a consumer timeout ends one consumer, not the channel"),
    ]

    /// What is to be said of a version.
    package static func finding(_ text: String) -> DoctorFinding {
        let numbers = text.split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else {
            return DoctorFinding("broker", .warning, "The broker does not tell its version.")
        }
        let version = (numbers[0], numbers[1])
        guard version >= self.oldest else {
            return DoctorFinding(
                "broker",
                .bad,
                "RabbitMQ \(text) is too old.",
                mend: "Upgrade the broker to 3.10 or later."
            )
        }
        let known = self.traits.filter { $0.from <= version && version < $0.below }.map(\.text)
        let detail = "RabbitMQ \(text) answers: \(known.joined(separator: "; "))."
        guard version.0 > self.testedMajor else { return DoctorFinding("broker", .good, detail) }
        return DoctorFinding(
            "broker",
            .warning,
            detail,
            mend: "Sluice is tested with RabbitMQ 3; try it before you rely on it."
        )
    }
}
