import AMQP
import ArgumentParser
import Foundation
import JobQueue
import Operations

/// Queues, exchanges and bindings.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Make, check or show the broker's queues and exchanges.",
        discussion: "Example: sluice topology apply && sluice topology verify",
        subcommands: [Apply.self, Verify.self, Show.self, Definitions.self]
    )

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Declare everything; safe to repeat.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let connection = try await self.common.settings().connect(name: "sluice topology apply")
            do {
                try await JobTopology.apply(on: connection)
            } catch {
                throw CommandFailure.failed("\(error)")
            }
            await connection.close()
            Terminal.say("\(JobTopology.exchanges.count) exchanges and \(JobTopology.queues.count) queues are in place")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the broker with what is wanted; exit 1 when it differs.",
            discussion: """
                Bindings cannot be read over AMQP; apply makes them again. Policies are found by what they do to queues made for \
                a moment beside ours: one that drops messages where a queue is full, by a pattern such as `^job\\.`.
                """
        )

        @OptionGroup var common: CommonOptions
        @Flag(help: "Print the differences as JSON.")
        var json = false

        func run() async throws {
            let connection = try await self.common.settings().connect(name: "sluice topology verify")
            let findings: [TopologyFinding]
            do {
                let probe = "probe-\(UUID().uuidString.lowercased())"
                findings =
                    try await JobTopology.differences(on: connection)
                    + JobTopology.overruled(on: connection, probe: probe)
            } catch {
                throw CommandFailure.failed("\(error)")
            }
            await connection.close()
            if self.json {
                try Terminal.say(json: findings)
            } else {
                for finding in findings {
                    Terminal.say("\(finding.object): \(finding.kind.rawValue): \(finding.detail)")
                }
                if findings.isEmpty { Terminal.say("everything is as it should be") }
            }
            if !findings.isEmpty {
                throw CommandFailure.failed(
                    "the broker differs in \(findings.count) places; `sluice doctor` says how to mend each"
                )
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print what is wanted; needs no broker.")

        @Flag(help: "Print it as JSON.")
        var json = false

        private struct Plan: Encodable {
            let exchanges: [String]
            let queues: [String]
            let bindings: [String]
        }

        func run() async throws {
            let plan = Plan(
                exchanges: JobTopology.exchanges.map { "\($0.name) (\($0.kind.rawValue))" },
                queues: JobTopology.queues.map(\.name),
                bindings: (JobTopology.queueBindings + JobTopology.exchangeBindings).map {
                    "\($0.source) --\($0.routingKey)--> \($0.destination)"
                }
            )
            guard !self.json else { return try Terminal.say(json: plan) }
            for exchange in plan.exchanges { Terminal.say("exchange \(exchange)") }
            for queue in plan.queues { Terminal.say("queue    \(queue)") }
            for binding in plan.bindings { Terminal.say("binding  \(binding)") }
        }
    }

    struct Definitions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print topology, accounts and policies for `rabbitmqctl import_definitions`; needs no broker.",
            discussion: """
                Example: sluice topology definitions --passwords /etc/sluice/broker > definitions.json

                The folder holds a file for each account, with its password: worker, desk, notifier, console, operator. The \
                output holds salted hashes of them. Each account has the least rights that do its work; import and upgrades \
                of the topology stay with an administrator.
                """
        )

        @Option(help: "A folder with a password file for each account; accounts without one are left out.")
        var passwords: String?
        @Option(help: "The virtual host.")
        var virtualHost = "/"

        func run() async throws {
            let definitions = BrokerDefinitions(virtualHost: self.virtualHost, passwords: try self.read())
            Terminal.say(jsonText: String(decoding: try definitions.json(), as: UTF8.self))
        }

        private func read() throws -> [BrokerAccount: String] {
            guard let folder = self.passwords else { return [:] }
            var passwords: [BrokerAccount: String] = [:]
            for account in BrokerAccount.allCases {
                let file = URL(filePath: folder).appending(path: account.rawValue)
                guard let data = FileManager.default.contents(atPath: file.path) else { continue }
                let password = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
                guard password.utf8.count >= 12 else {
                    throw CommandFailure.failed(
                        "the password in \(file.path) is shorter than 12 bytes; choose a longer one"
                    )
                }
                passwords[account] = password
            }
            guard !passwords.isEmpty else {
                let names = BrokerAccount.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.failed("\(folder) holds no password file; expected are \(names)")
            }
            return passwords
        }
    }
}
