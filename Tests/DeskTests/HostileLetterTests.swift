import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import TestSupport
import Testing

@Suite("Whatever lies among the dead letters, nothing traps: it is filed, and sent again or kept")
struct HostileLetterTests {
    private static let values: [FieldValue] = [
        .int64(.max), .int64(.min), .uint64(.max), .timestamp(.max), .timestamp(1 << 62), .double(.infinity), .void,
        .double(.nan), .string(""), .string("9999-12-31T23:59:59Z"), .string(String(repeating: "x", count: 5_000)),
        .bytes([0xFF]), .array([]), .table([:]), .bool(true), .int8(-1),
    ]

    private static let deathFields: [FieldTable.Key] = ["queue", "reason", "time", "count", "exchange"]

    @Test("Letters of every kind, in a database and out of it again")
    func letters() async throws {
        var mutations = Mutations(seed: 9)
        let memo = Memo(round: 4, sequence: 9, since: Date(timeIntervalSince1970: 9), steps: "{}")
        let good = try DeskRig.message(memo: memo)
        let rig = try DeskRig()
        var messages: [Message] = []
        for _ in 0..<min(Effort.mutations, 20_000) {
            var message = good
            message.body = mutations.variant(of: good.body)
            for name in [
                "x-job-attempt", "x-job-replay", "x-job-error-at", "x-job-error-code", "x-job-deadline", "x-death",
            ]
            where mutations.number(below: 4) == 0 {
                message.properties.headers[name] = Self.values[mutations.number(below: Self.values.count)]
            }
            if mutations.number(below: 2) == 0 {
                var death: FieldTable = [
                    "queue": .string("job.no-op"), "reason": .string("rejected"), "time": .timestamp(1),
                    "count": .int64(1),
                ]
                let field = Self.deathFields[mutations.number(below: Self.deathFields.count)]
                death[field] = Self.values[mutations.number(below: Self.values.count)]
                message.properties.headers["x-death"] = .array([.table(death)])
            }
            let letter = DeskRig.letter(message)
            #expect((1...1_000).contains(letter.attempt) && (0...JobHeaders.replayMax).contains(letter.replay))
            #expect(Timestamp.canHold(letter.died))
            _ = letter.memo
            if let sent = try? Replay.message(for: letter, replay: 1, delay: nil, now: DeskRig.now) {
                #expect(sent.exchange == "job.delay.00" && (try? Envelope(sent.body, from: .runtime)) != nil)
            }
            messages.append(message)
        }
        _ = try await rig.store.file(messages.map { .letter(DeskRig.letter($0)) }, now: DeskRig.now)
        let read = try await rig.store.letters(LetterFilter(), limit: 50_000)
        #expect(read.count > messages.count / 2)
        for letter in read { #expect(LetterLine.letter(from: try LetterLine(letter).text(), now: DeskRig.now) != nil) }
    }
}
