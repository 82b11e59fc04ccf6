import AMQP
import Foundation
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("Accounts of the broker have the rights their work needs, and no others", .serialized, .timeLimit(.minutes(2)))
struct BrokerRightsTests {
    /// A virtual host made by an import of what `sluice topology definitions` prints.
    private func withAccounts(_ body: (Road, Accounts) async throws -> Void) async throws {
        try await Road.walk(.demo, listening: false, topology: false) { road in
            let accounts = try Accounts(road)
            let program = try await road.sluice([
                "topology", "definitions", "--virtual-host", road.virtualHost, "--passwords", accounts.folder.path,
            ])
            #expect(await program.status() == 0, "\(program.output)")
            let file = road.folder.appending(path: "definitions.json")
            try Data(program.output.utf8).write(to: file)
            try await road.broker.control("import_definitions", file.path)
            try await body(road, accounts)
        }
    }

    private struct Accounts {
        let road: Road
        let folder: URL

        init(_ road: Road) throws {
            self.road = road
            self.folder = road.folder.appending(path: "passwords")
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            for account in BrokerAccount.allCases {
                try Data("password-of-\(account)\n".utf8).write(to: self.file(account))
            }
        }

        func file(_ account: BrokerAccount) -> URL { self.folder.appending(path: account.rawValue) }

        func url(_ account: BrokerAccount) -> String {
            "\(self.road.broker.url)/\(self.road.virtualHost)".replacing("guest@", with: "\(account.user)@")
        }

        func environment(_ account: BrokerAccount) -> [String: String] {
            ["SLUICE_BROKER_URL": self.url(account), "SLUICE_BROKER_PASSWORD_FILE": self.file(account).path]
        }

        func connect(_ account: BrokerAccount) async throws -> Connection {
            try await Connection.open(
                ConnectionOptions(url: self.url(account), password: "password-of-\(account)")
            )
        }
    }

    @Test("With them a worker, a console in Python and an operator do their work, and the import is what verify wants")
    func enough() async throws {
        try await self.withAccounts { road, accounts in
            let verify = try await road.sluice(["topology", "verify"])
            #expect(await verify.status() == 0, "\(verify.output)")
            let worker = try await road.sluice(["worker"], accounts.environment(.worker))
            var login = road.foreignLogin
            login[3] = BrokerAccount.console.user
            login[4] = accounts.file(.console).path
            let console = try await Repository.python(
                [Repository.url("Tests/AcceptanceTests/foreign_console.py").path] + login + [Scenario.contosoID],
                needing: ["pika"]
            )
            #expect(console.status == 0, "\(console.errors) \(worker.output)")
            let data = #"{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}"#
            let submit = try await road.sluice(
                ["submit", "connect-tenant", "--tenant", Scenario.contosoID, "--data", data, "--wait"],
                accounts.environment(.operator)
            )
            #expect(await submit.status() == 0, "\(submit.output) \(worker.output)")
            let pause = try await road.sluice(["pause", "connect-tenant"], accounts.environment(.operator))
            #expect(await pause.status() == 0, "\(pause.output)")
            try await eventually("the pause") { worker.output.contains("an order is heeded") }
            let doctor = try await road.sluice(["doctor", "--json"], accounts.environment(.operator))
            _ = await doctor.status()
            let report = try #require(JSONSerialization.jsonObject(with: Data(doctor.output.utf8)) as? [String: Any])
            let findings = try #require(report["findings"] as? [[String: Any]])
            let topology = findings.filter { ($0["subject"] as? String)?.hasPrefix("topology") == true }
            #expect(topology.map { $0["status"] as? String } == ["unknown"], "\(topology)")
            #expect("\(topology)".contains("All queues and exchanges are there"))
        }
    }

    /// How a job is published to come back in a second.
    private static let soon = DelayLadder.destination(after: .seconds(1), key: "connect-tenant").routingKey

    /// What an account tries.
    private enum Deed: CustomTestStringConvertible, Sendable {
        case declare(String, deadLetterExchange: String? = nil)
        case publish(exchange: String, key: String)
        case look(queue: String)

        var testDescription: String {
            switch self {
            case .declare(let queue, let exchange): "declare \(queue)" + (exchange.map { " for \($0)" } ?? "")
            case .publish(let exchange, let key): "publish to \(exchange) as \(key)"
            case .look(let queue): "take from \(queue)"
            }
        }

        func attempt(on connection: Connection) async throws(AMQPError) {
            switch self {
            case .declare(let queue, let exchange):
                let arguments = exchange.map { ["x-dead-letter-exchange": FieldValue.string($0)] } ?? [:]
                _ = try await connection.declareQueue(Queue(name: queue, arguments: arguments))
            case .publish(let exchange, let key):
                let message = Message(body: [0x7B, 0x7D], properties: Properties())
                try await connection.publish(
                    message,
                    to: Destination(exchange: exchange, routingKey: key),
                    mandatory: true
                )
            case .look(let queue): _ = try await connection.get(queue)
            }
        }
    }

    @Test("What is not an account's to do is refused, and what is its own is not")
    func noMore() async throws {
        let forbidden: [(BrokerAccount, Deed)] = [
            (.worker, .declare("job.mine")), (.worker, .publish(exchange: "job", key: "connect-tenant")),
            (.worker, .publish(exchange: "control", key: "all")), (.worker, .look(queue: "job.dead")),
            (.worker, .look(queue: "job.delay.00")), (.worker, .look(queue: "result.console")),
            (.desk, .declare("desk.mine")), (.desk, .look(queue: "job.connect-tenant")),
            (.desk, .publish(exchange: "result", key: "connect-tenant.succeeded")),
            (.desk, .look(queue: "result.console")),
            (.notifier, .publish(exchange: "job", key: "connect-tenant")), (.notifier, .look(queue: "event.console")),
            (.notifier, .look(queue: "job.dead")),
            (.console, .declare("console.mine")), (.console, .look(queue: "job.dead")),
            (.console, .look(queue: "job.connect-tenant")),
            (.console, .publish(exchange: "result", key: "connect-tenant.succeeded")),
            (.console, .publish(exchange: "job.dead", key: "connect-tenant")),
            // What comes through these is believed: a console must reach none, by a queue of its own either.
            (.console, .publish(exchange: "job.due", key: "0.connect-tenant")),
            (.console, .publish(exchange: "job.delay.00", key: Self.soon)),
            (.operator, .publish(exchange: "job.due", key: "0.connect-tenant")),
            (.operator, .publish(exchange: "job.delay.00", key: Self.soon)),
            (.operator, .declare("watch.due", deadLetterExchange: "job.due")),
            (.operator, .declare("job.mine")), (.operator, .publish(exchange: "result", key: "x.succeeded")),
            (.operator, .publish(exchange: "job.dead", key: "connect-tenant")),
            (.operator, .look(queue: "job.dead")), (.operator, .look(queue: "result.console")),
            (.operator, .look(queue: "job.connect-tenant")),
        ]
        let allowed: [(BrokerAccount, Deed)] = [
            (.worker, .publish(exchange: "event", key: "job.started")), (.worker, .look(queue: "job.connect-tenant")),
            (.worker, .publish(exchange: "job.dead", key: "connect-tenant")),
            (.desk, .publish(exchange: "job", key: "connect-tenant")), (.desk, .look(queue: "job.dead")),
            (.notifier, .look(queue: "event.notifier")), (.console, .look(queue: "result.console")),
            (.console, .publish(exchange: "job", key: "connect-tenant")), (.operator, .declare("watch.mine")),
        ]
        try await self.withAccounts { _, accounts in
            for (account, deed) in forbidden {
                let connection = try await accounts.connect(account)
                await #expect("\(account) may \(deed.testDescription)") {
                    try await deed.attempt(on: connection)
                } throws: { ($0 as? AMQPError)?.replyCode == 403 }
                await connection.close()
            }
            for (account, deed) in allowed {
                let connection = try await accounts.connect(account)
                await #expect(throws: Never.self, "\(account) may not \(deed.testDescription)") {
                    try await deed.attempt(on: connection)
                }
                await connection.close()
            }
        }
    }

    @Test("No sender reaches a queue past its exchange", arguments: [BrokerAccount.console, .operator, .desk])
    func defaultExchange(account: BrokerAccount) async throws {
        try await self.withAccounts { road, accounts in
            for queue in ["job.delay.00", "job.connect-tenant"] {
                let connection = try await accounts.connect(account)
                await #expect(throws: AMQPError.self) {
                    try await Deed.publish(exchange: "", key: queue).attempt(on: connection)
                }
                await connection.close()
                #expect(try await road.console.checkQueue(queue).messages == 0, "\(queue)")
            }
        }
    }
}
