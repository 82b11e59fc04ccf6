import Foundation
import TestSupport
import Testing

@testable import JobModel

/// Every variant is read, and what was read is used as a worker uses it: a trap anywhere ends the whole run.
@Suite("Whatever comes in, nothing traps: it is read within bounds, or refused")
struct HostileInputTests {
    private static let job = "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f"
    private static let tenant = "6f1d7c2a-93c5-4d0e-8a39-0d6f2b7c1e55"
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let memo =
        #"{"round":3,"sequence":12,"since":1795402801250,"steps":"{\"done\":[1]}","#
        + #""attempts":[{"number":1,"ended":1795402801250,"worker":"w1","code":"throttled"}]}"#
    private static let problem = #"{"code":"throttled","detail":"Graph answered 429."}"#

    private static func envelope(memo: [UInt8]) -> [UInt8] {
        var writer = JSONObjectWriter()
        for (name, text) in [
            ("specversion", "1.0"), ("id", self.job), ("type", "jobs.no-op.v1"), ("source", "/console/eu1"),
            ("subject", self.tenant), ("time", "2026-11-23T03:00:00Z"),
        ] { writer.member(rawName: name, raw: Array("\"\(text)\"".utf8)) }
        writer.member("memo", text: String(decoding: memo, as: UTF8.self))
        writer.member(rawName: "data", raw: Array(#"{"size":1,"milliseconds":2}"#.utf8))
        return writer.finish()
    }

    /// What a worker does with a memo: goes on counting, measures, says when, sends it on.
    private static func use(_ memo: Memo) throws {
        let next = Memo(
            round: memo.round + 1,
            sequence: memo.sequence + 1,
            since: memo.since,
            steps: memo.steps,
            attempts: memo.attempts
        )
        if let since = memo.since {
            _ = Duration.seconds(Self.now.timeIntervalSince(since)) + .seconds(131_071)
            #expect(Timestamp.date(Timestamp.text(since)) != nil)
        }
        for note in memo.attempts ?? [] {
            #expect(Timestamp.date(Timestamp.text(note.ended)) != nil)
            _ = note.number + 1
        }
        _ = try next.text()
    }

    @Test("Envelopes and the memos in them")
    func envelopes() throws {
        var mutations = Mutations(seed: 1)
        var read = 0
        for number in 0..<Effort.mutations {
            let memo = number.isMultiple(of: 2) ? mutations.variant(of: Array(Self.memo.utf8)) : Array(Self.memo.utf8)
            var body = Self.envelope(memo: memo)
            if !number.isMultiple(of: 2) { body = mutations.variant(of: body) }
            _ = Envelope.salvage(body)
            do throws(Problem) {
                let envelope = try Envelope(body, from: .runtime)
                read += 1
                #expect(throws: Never.self) { try Self.use(envelope.memo) }
                #expect(Timestamp.date(Timestamp.text(envelope.time)) != nil)
                _ = try? NoOp(data: envelope.data)
            } catch {
                #expect(error.code.isOfUnreadMessage, "\(error)")
            }
            if let problem = Self.problem(of: Envelope.withoutMemo(body)) { #expect(problem.code.isOfUnreadMessage) }
        }
        #expect(read > 0, "or nothing was tried beyond the first check")
    }

    private static func problem(of body: [UInt8]) -> Problem? {
        do throws(Problem) {
            _ = try Envelope(body, from: .console)
            return nil
        } catch {
            return error
        }
    }

    @Test("Payloads of every job type")
    func payloads() throws {
        let examples = try Repository.files().filter { path in
            path.hasPrefix("schemas/examples/jobs.") && path.hasSuffix(".json") && !path.contains("invalid")
        }
        #expect(examples.count > 8)
        var mutations = Mutations(seed: 2)
        let good = try examples.map { try Envelope([UInt8](Data(contentsOf: Repository.url($0))), from: .runtime) }
        for number in 0..<Effort.mutations {
            let envelope = good[number % good.count]
            let data = mutations.variant(of: Array(envelope.data))
            do throws(Problem) {
                _ = try envelope.type.payload.init(data: data)
            } catch {
                #expect(error.code == .invalidPayload)
            }
        }
    }

    private static let executorLines = [
        #"{"job":"JOB","frame":"progress","done":3,"total":9,"step":"domains"}"#,
        #"{"job":"JOB","frame":"steps","steps":"{}"}"#,
        #"{"job":"JOB","frame":"event","event":"tenant.changed","data":{"x":[1]}}"#,
        #"{"job":"JOB","frame":"outcome","outcome":"succeeded","output":{"a":1}}"#,
        #"{"job":"JOB","frame":"outcome","outcome":"postponed","milliseconds":1500,"problem":PROBLEM}"#,
        #"{"job":"JOB","frame":"outcome","outcome":"failed","milliseconds":1500,"problem":PROBLEM}"#,
    ]
    private static let workerLines = [
        #"{"job":"JOB","tenant":"TENANT","attempt":2,"limitMilliseconds":900250,"since":"2026-11-23T03:00:00Z","#
            + #""steps":"{}","data":{"a":1}}"#,
        #"{"frame":"lease","milliseconds":123456}"#, #"{"frame":"cancel","job":"JOB"}"#,
    ]

    private static func bytes(_ line: String) -> [UInt8] {
        Array(
            line.replacing("JOB", with: job).replacing("TENANT", with: tenant).replacing("PROBLEM", with: problem).utf8
        )
    }

    @Test("Frames, either way")
    func frames() {
        var mutations = Mutations(seed: 3)
        for line in Self.executorLines { #expect(ExecutorFrame(line: Self.bytes(line)) != nil, "\(line)") }
        for line in Self.workerLines { #expect(WorkerFrame(line: Self.bytes(line)) != nil, "\(line)") }
        for number in 0..<Effort.mutations {
            let executor = mutations.variant(of: Self.bytes(Self.executorLines[number % Self.executorLines.count]))
            if let frame = ExecutorFrame(line: executor) {
                #expect(ExecutorFrame(line: Array(frame.line().dropLast())) != nil)
                if case .outcome(_, .postponed(let pause, _)) = frame {
                    #expect(pause >= .zero && pause <= .milliseconds(ExecutorFrame.pauseMillisecondsMax))
                }
            }
            let worker = mutations.variant(of: Self.bytes(Self.workerLines[number % Self.workerLines.count]))
            switch WorkerFrame(line: worker) {
            case .run(let request):
                _ = ContinuousClock.now + request.limit
                #expect(WorkerFrame(line: Array(request.line().dropLast())) != nil)
            case .lease(let until):
                #expect(WorkerFrame(line: Array(WorkerFrame.lease(until: until).line().dropLast())) != nil)
            case .cancel, .taken, nil: break
            }
        }
    }

    @Test("Times, orders, requests to tell people")
    func others() {
        var mutations = Mutations(seed: 4)
        let order = Array(#"{"type":"control.order.v1","order":"cancel","job":"\#(Self.job)"}"#.utf8)
        for _ in 0..<Effort.mutations {
            let time = String(
                decoding: mutations.variant(of: Array("2026-11-23T03:00:00.123+01:00".utf8)),
                as: UTF8.self
            )
            if let date = Timestamp.date(time) { #expect(Timestamp.date(Timestamp.text(date)) != nil, "\(time)") }
            _ = ControlOrder(mutations.variant(of: order))
        }
    }
}
