import AMQP
import JobQueue
import TestSupport
import Testing

@Suite("A history's findings")
struct HistoryTests {
    private enum Step: Sendable {
        case result(String, String = "succeeded", id: String? = nil)
        case event(
            Int,
            terminal: Bool = false,
            text: String = "",
            job: String = "a",
            id: String? = nil,
            from: String = ""
        )
        case dead([UInt8], job: String)
        case unrouted(String)
        case made(String)
        case garbage(String)
    }

    private static let clean: [Step] = [
        .result("a"), .event(1), .event(2), .event(3, terminal: true, id: "a.end"), .made("connector"),
        .dead([7], job: ""),
    ]

    private static func history(_ steps: [Step]) -> History {
        var history = History(effects: ["connector"])
        history.sent(job: "a", tenant: "t")
        history.sent(job: "a", tenant: "t")
        history.sentBad([7])
        for step in steps { Self.play(step, on: &history) }
        return history
    }

    private static func play(_ step: Step, on history: inout History) {
        func message(_ id: String, _ job: String, _ text: String) -> Message {
            Message(body: Array(text.utf8), properties: Properties(correlationID: job, messageID: id))
        }
        switch step {
        case .result(let job, let outcome, let id):
            let text = #"{"data":{"outcome":"\#(outcome)"}}"#
            history.heard(message(id ?? "\(job).result", job, text), in: JobTopology.consoleResults)
        case .event(let number, let isTerminal, let text, let job, let id, let source):
            let data = #"{"sequence":\#(number),"terminal":\#(isTerminal),"text":"\#(text)"}"#
            let body = #"{"source":"\#(source)","data":\#(data)}"#
            history.heard(message(id ?? "\(job).\(number)", job, body), in: JobTopology.consoleEvents)
        case .dead(let body, let job):
            let letter = Message(body: body, properties: Properties(correlationID: job))
            history.heard(letter, in: JobTopology.dead)
        case .unrouted(let id): history.heard(message(id, "a", "{}"), in: JobTopology.unrouted)
        case .made(let kind): history.created(kind, in: "t")
        case .garbage(let queue): history.heard(message("g", "a", "not JSON"), in: queue)
        }
    }

    @Test("What went well has none, however often its messages come and in whatever order")
    func clean() {
        #expect(Self.history(Self.clean).findings.isEmpty)
        let messages = Self.clean.filter { if case .made = $0 { false } else { true } }
        let copies = Self.history(messages.reversed() + Self.clean)
        #expect(copies.findings.isEmpty)
        #expect(copies.copies == 4)
        #expect(copies.ended == 1)
    }

    @Test("The news of a dead host beside the whole story of the one that took over is no finding")
    func takenOver() {
        let dead: [Step] = (1...7).map { .event($0, id: "a.\($0).dead", from: "first") }
        #expect(Self.history(Self.clean + dead).findings.isEmpty)
        let end: [Step] = [.event(8, terminal: true, text: "first", id: "a.end", from: "first")]
        #expect(Self.history(Self.clean + dead + end).findings.isEmpty)
        let late: [Step] = [.event(9, id: "a.9.dead", from: "first")]
        #expect(Self.history(Self.clean + dead + end + late).findings == [.afterTerminal(job: "a", sequences: [9])])
    }

    @Test("Each kind of broken promise is found")
    func findings() {
        let table: [(drop: Int?, add: [Step], HistoryFinding)] = [
            (0, [], .lost(job: "a")),
            (nil, [.result("a", id: "a.second")], .results(job: "a", ids: ["a.result", "a.second"])),
            (0, [.result("a", "failed")], .outcome(job: "a", "failed")),
            (3, [], .noTerminal(job: "a")),
            (nil, [.event(4, terminal: true)], .terminals(job: "a", sequences: [3, 4])),
            (nil, [.event(4)], .afterTerminal(job: "a", sequences: [4])),
            (2, [], .gap(job: "a", missing: [2])),
            (1, [], .gap(job: "a", missing: [1])),
            (nil, [.event(2, text: "other")], .contradiction(id: "a.2", sources: [""])),
            (nil, [.event(3, terminal: true, text: "other", id: "a.end")], .contradiction(id: "a.end", sources: [""])),
            (nil, [.result("a", "failed")], .contradiction(id: "a.result", sources: [""])),
            (nil, [.event(1, job: "z")], .stranger(job: "z")),
            (nil, [.result("z")], .stranger(job: "z")),
            (4, [], .effect(tenant: "t", kind: "connector", times: 0)),
            (nil, [.made("connector")], .effect(tenant: "t", kind: "connector", times: 2)),
            (nil, [.made("surprise")], .effect(tenant: "t", kind: "surprise", times: 1)),
            (nil, [.dead([1], job: "a")], .buried(job: "a")),
            (5, [], .badBodyLost(number: 1)),
            (nil, [.unrouted("a.1")], .unrouted(id: "a.1")),
            (nil, [.garbage(JobTopology.consoleEvents)], .unreadable(id: "g")),
            (nil, [.garbage(JobTopology.consoleResults)], .unreadable(id: "g")),
        ]
        for row in table {
            var steps = Self.clean
            if let drop = row.drop { steps.remove(at: drop) }
            let findings = Self.history(steps + row.add).findings
            #expect(findings.contains(row.2), "\(row.2) is not among \(findings)")
            #expect(findings.allSatisfy { $0.job.map { ["a", "z", "g"].contains($0) } ?? true })
        }
    }
}
