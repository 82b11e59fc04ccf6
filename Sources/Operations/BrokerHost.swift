import Foundation

/// What only `rabbitmqctl` tells, when the broker runs on this host and this login may ask it.
package enum BrokerHost {
    /// How much disk has to be free before the broker stops taking messages; RabbitMQ's own 50 MB is far too little.
    private static let diskLimitMin = 1_000_000_000.0
    private static let program = "/usr/sbin/rabbitmqctl"
    /// How long an answer may take, in seconds.
    private static let patience = "20"

    /// Asks for policies and limits; one finding that says how to look elsewhere when nobody answers.
    package static func examine() -> [DoctorFinding] {
        guard let policies = self.ask(["list_policies"]), let status = self.ask(["status"]) else {
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

    private static func ask(_ arguments: [String]) -> Data? {
        guard FileManager.default.isExecutableFile(atPath: self.program) else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: self.program)
        process.arguments = ["--quiet", "--timeout", self.patience, "--formatter", "json"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }
}
