import Foundation
import Subprocess
import SystemPackage

/// What only `rabbitmqctl` tells, when the broker runs on this host and this login may ask it.
package enum BrokerHost {
    /// How much disk has to be free before the broker stops taking messages; RabbitMQ's own 50 MB is far too little.
    private static let diskLimitMin = 1_000_000_000.0
    private static let program: FilePath = "/usr/sbin/rabbitmqctl"
    /// How long an answer may take, in seconds.
    private static let patience = "20"
    /// How many bytes of an answer are read.
    private static let answerMax = 4 << 20

    /// Asks for policies and limits of the broker on `host`; one finding that says how to look elsewhere when nobody answers.
    ///
    /// `rabbitmqctl` tells of this machine's broker alone, which is asked only when it is the one that is meant.
    package static func examine(host: String) async -> [DoctorFinding] {
        guard self.isHere(host), let policies = await self.ask(["list_policies"]),
            let status = await self.ask(["status"])
        else {
            return [
                DoctorFinding(
                    "broker policies and disk limit",
                    .unknown,
                    "AMQP does not tell them, and no rabbitmqctl answers here.",
                    mend:
                        "Run doctor on the broker's host as root, or look with `rabbitmqctl list_policies` and `status`."
                )
            ]
        }
        return [self.overflow(policies), self.diskLimit(status)]
    }

    /// Whether a host's name means this machine; pure but for the machine's own name.
    static func isHere(_ host: String) -> Bool {
        let name = host.lowercased()
        return ["localhost", "::1", ProcessInfo.processInfo.hostName.lowercased()].contains(name)
            || name.hasPrefix("127.")
    }

    /// Whether a policy turns at-least-once dead lettering off: its `overflow` wins over the queues' argument; pure.
    static func overflow(_ json: Data) -> DoctorFinding {
        guard let policies = try? JSONSerialization.jsonObject(with: json) as? [[String: Any]] else {
            return DoctorFinding("broker policies", .unknown, "rabbitmqctl did not list them as JSON.")
        }
        let bad = policies.filter { policy in
            guard let text = policy["definition"] as? String,
                let definition = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            else { return false }
            return definition["overflow"].map { $0 as? String != "reject-publish" } ?? false
        }
        guard let first = bad.first?["name"] as? String else {
            return DoctorFinding("broker policies", .good, "No policy lets a queue drop messages.")
        }
        return DoctorFinding(
            "broker policies",
            .bad,
            "The policy \(first) sets `overflow`, which wins over the queues' own and loses messages.",
            mend: "Take `overflow` out of it, or make it `reject-publish`."
        )
    }

    /// Whether the disk alarm comes early enough; pure.
    static func diskLimit(_ json: Data) -> DoctorFinding {
        let status = try? JSONSerialization.jsonObject(with: json) as? [String: Any]
        guard let limit = status?["disk_free_limit"] as? Double else {
            return DoctorFinding("broker disk limit", .unknown, "rabbitmqctl did not tell it.")
        }
        let words = "The broker stops taking messages with less than \(Int(limit / 1_000_000)) MB free."
        guard limit < self.diskLimitMin else { return DoctorFinding("broker disk limit", .good, words) }
        return DoctorFinding(
            "broker disk limit",
            .warning,
            words,
            mend: "Set disk_free_limit.absolute = 2GB in rabbitmq.conf."
        )
    }

    private static func ask(_ arguments: [String]) async -> Data? {
        let options = ["--quiet", "--timeout", self.patience, "--formatter", "json"]
        let answer = try? await Subprocess.run(
            .path(self.program),
            arguments: Arguments(options + arguments),
            output: .bytes(limit: self.answerMax),
            error: .discarded
        )
        guard let answer, answer.terminationStatus.isSuccess else { return nil }
        return Data(answer.standardOutput)
    }
}
