import AMQP
import Crypto
package import Foundation
package import JobQueue

/// A file of definitions for `rabbitmqctl import_definitions`: the whole topology, the accounts and the policies.
///
/// The form is that of RabbitMQ's page "Schema Definition Export and Import"; passwords are salted SHA-256 hashes as its
/// page "Credentials and Passwords" has them.
package struct BrokerDefinitions: Encodable {
    /// How many messages a queue of jobs may hold before publishers are refused.
    package static let queueLengthMax = 200_000

    private struct User: Encodable {
        let name: String
        let passwordHash: String
        let hashingAlgorithm = "rabbit_password_hashing_sha256"
        let tags: [String] = []
    }

    private struct Permission: Encodable {
        let user: String
        let vhost: String
        let configure: String
        let write: String
        let read: String
    }

    private struct VirtualHost: Encodable {
        let name: String
    }

    private struct Policy: Encodable {
        struct Definition: Encodable {
            let maxLength: Int
            let overflow: String

            private enum CodingKeys: String, CodingKey {
                case maxLength = "max-length"
                case overflow
            }
        }

        let vhost: String
        let name: String
        let pattern: String
        let applyTo: String
        let priority: Int
        let definition: Definition

        private enum CodingKeys: String, CodingKey {
            case vhost, name, pattern, priority, definition
            case applyTo = "apply-to"
        }
    }

    private struct Declared: Encodable {
        let name: String
        let vhost: String
        let type: String?
        let durable = true
        let autoDelete = false
        let `internal`: Bool?
        let arguments: [String: Argument]
    }

    private struct Bound: Encodable {
        let source: String
        let vhost: String
        let destination: String
        let destinationType: String
        let routingKey: String
        let arguments: [String: Argument] = [:]
    }

    private enum Argument: Encodable {
        case text(String)
        case number(Int64)

        init?(_ value: FieldValue) {
            if let text = value.text {
                self = .text(text)
            } else if let number = value.integer {
                self = .number(number)
            } else {
                return nil
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    private let users: [User]
    private let vhosts: [VirtualHost]
    private let permissions: [Permission]
    private let policies: [Policy]
    private let exchanges: [Declared]
    private let queues: [Declared]
    private let bindings: [Bound]

    /// The definitions for one virtual host; accounts without a password are left out.
    package init(virtualHost: String, passwords: [BrokerAccount: String]) {
        let accounts = BrokerAccount.allCases.filter { passwords[$0] != nil }
        self.users = accounts.map { User(name: $0.user, passwordHash: Self.hash(passwords[$0] ?? "")) }
        self.vhosts = [VirtualHost(name: virtualHost)]
        self.permissions = accounts.map {
            Permission(user: $0.user, vhost: virtualHost, configure: $0.configure, write: $0.write, read: $0.read)
        }
        // The only key here that operators change live is the length; `overflow` is repeated because a policy's would win
        // over the queue's own argument.
        self.policies = [
            Policy(
                vhost: virtualHost,
                name: "sluice-jobs",
                pattern: #"^job\.(?!delay|dead|unrouted)"#,
                applyTo: "queues",
                priority: 10,
                definition: .init(maxLength: Self.queueLengthMax, overflow: "reject-publish")
            )
        ]
        func arguments(_ table: FieldTable) -> [String: Argument] { table.compactMapValues { Argument($0) } }
        self.exchanges = JobTopology.exchanges.map {
            Declared(
                name: $0.name,
                vhost: virtualHost,
                type: $0.kind.rawValue,
                internal: $0.isInternal,
                arguments: arguments($0.arguments)
            )
        }
        self.queues = JobTopology.queues.map {
            Declared(name: $0.name, vhost: virtualHost, type: nil, internal: nil, arguments: arguments($0.arguments))
        }
        func bound(_ bindings: [Binding], to type: String) -> [Bound] {
            bindings.map {
                Bound(
                    source: $0.source,
                    vhost: virtualHost,
                    destination: $0.destination,
                    destinationType: type,
                    routingKey: $0.routingKey
                )
            }
        }
        self.bindings =
            bound(JobTopology.queueBindings, to: "queue") + bound(JobTopology.exchangeBindings, to: "exchange")
    }

    /// The definitions as JSON.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Four bytes of salt, and the SHA-256 of salt and password after them, in base64.
    static func hash(_ password: String, salt: [UInt8] = (0..<4).map { _ in UInt8.random(in: 0...255) }) -> String {
        Data(salt + Array(SHA256.hash(data: salt + Array(password.utf8)))).base64EncodedString()
    }
}
