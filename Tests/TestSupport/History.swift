package import AMQP
import Foundation
import JobQueue
package import Simulator

/// What happened in a run, from the outside: jobs sent, messages heard, changes made in tenants.
///
/// ```swift
/// var history = History(effects: ["inbound-connector", "outbound-connector"])
/// history.sent(job: id, tenant: tenant)
/// history.heard(message, in: JobTopology.consoleResults)     // as often as the broker gives it
/// history.note(await simulator.effects())
/// #expect(history.findings.isEmpty)
/// ```
package struct History: Sendable {
    /// A job that was sent, perhaps several times under one id.
    struct Job: Sendable {
        let id: String
        let tenant: String
    }

    /// One message about a job; copies of it are kept too.
    struct Heard: Sendable {
        let id: String
        let job: String
        let body: [UInt8]

        /// The CloudEvents `source`, empty when it cannot be read.
        var source: String { (try? JSONDecoder().decode(Source.self, from: Data(self.body)).source) ?? "" }

        /// Whether it says how the job ended: its result or its terminal event.
        var isEnd: Bool { self.id.hasSuffix(".result") || self.id.hasSuffix(".end") }
    }

    /// What an event says of itself.
    struct Event: Sendable {
        let heard: Heard
        let sequence: Int
        let isTerminal: Bool
    }

    /// What a result says of itself.
    struct Result: Sendable {
        let heard: Heard
        let outcome: String
    }

    /// An object that was made in a tenant.
    struct Creation: Sendable, Hashable {
        let tenant: String
        let kind: String
    }

    let expectedKinds: [String]
    private(set) var jobs: [String: Job] = [:]
    private(set) var badBodies: [[UInt8]] = []
    private(set) var results: [Result] = []
    private(set) var events: [Event] = []
    private(set) var deadLetters: [Heard] = []
    private(set) var unrouted: [Heard] = []
    private(set) var unreadable: [String] = []
    private(set) var creations: [Creation] = []
    private(set) var violations: [String] = []

    /// Begins; `effects` are the kinds of objects that a job makes, once each, in a tenant that had none.
    package init(effects: [String]) { self.expectedKinds = effects }

    /// A job was sent; again under the same id counts as the same job.
    package mutating func sent(job: String, tenant: String) { self.jobs[job] = Job(id: job, tenant: tenant) }

    /// Something was sent that is no job, and has to end as a dead letter with these very bytes.
    package mutating func sentBad(_ body: [UInt8]) { self.badBodies.append(body) }

    /// A message was taken out of one of the queues of results, events, dead letters or messages without a way.
    package mutating func heard(_ message: Message, in queue: String) {
        let heard = Heard(
            id: message.properties.messageID ?? "",
            job: message.properties.correlationID ?? "",
            body: message.body
        )
        switch queue {
        case JobTopology.consoleResults: self.result(heard)
        case JobTopology.consoleEvents: self.event(heard)
        case JobTopology.dead: self.deadLetters.append(heard)
        default: self.unrouted.append(heard)
        }
    }

    /// What became different in tenants.
    package mutating func note(_ effects: [Effect]) {
        self.creations = effects.filter { $0.action == .created }.map { Creation(tenant: $0.tenant, kind: $0.kind) }
    }

    /// An object was made in a tenant.
    package mutating func created(_ kind: String, in tenant: String) {
        self.creations.append(Creation(tenant: tenant, kind: kind))
    }

    /// What a well-behaved client would not have done.
    package mutating func note(_ violations: [Violation]) {
        self.violations = violations.map { "\($0.kind.rawValue) in \($0.tenant ?? "no tenant"): \($0.detail)" }
    }

    /// How many jobs have at least one result.
    package var ended: Int { Set(self.results.map(\.heard.job)).intersection(self.jobs.keys).count }

    /// How many jobs were sent.
    package var sent: Int { self.jobs.count }

    /// How many messages came more than once.
    package var copies: Int {
        let ids = self.results.map(\.heard.id) + self.events.map(\.heard.id)
        return ids.count - Set(ids).count
    }

    private mutating func result(_ heard: Heard) {
        guard let data = try? JSONDecoder().decode(Envelope<ResultData>.self, from: Data(heard.body)).data else {
            return self.unreadable.append(heard.id)
        }
        self.results.append(Result(heard: heard, outcome: data.outcome))
    }

    private mutating func event(_ heard: Heard) {
        guard let data = try? JSONDecoder().decode(Envelope<EventData>.self, from: Data(heard.body)).data else {
            return self.unreadable.append(heard.id)
        }
        self.events.append(Event(heard: heard, sequence: data.sequence, isTerminal: data.terminal))
    }

    private struct Source: Decodable { let source: String }
    private struct Envelope<Value: Decodable>: Decodable { let data: Value }
    private struct ResultData: Decodable { let outcome: String }
    private struct EventData: Decodable {
        let sequence: Int
        let terminal: Bool
    }
}
