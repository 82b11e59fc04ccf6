import Foundation
import Testing

@testable import JobModel

@Suite("Frames cross the pipe a line each")
struct ExecutorFrameTests {
    private static let job = JobID(UUID())
    private static let problem = Problem(.throttled, "Graph answered 429.\n\"Retry-After\": 5")

    private static let frames: [ExecutorFrame] = [
        .progress(job: job, done: 3, total: 9, step: "reading \"domains\"\nand more 😀"),
        .steps(job: job, "{\"a\":\"b\\n\"}"), .steps(job: job, "\n\u{2028}\\"),
        .event(job: job, name: "tenant.changed", data: Array("{\"x\":[1]}".utf8)),
        .outcome(job: job, .succeeded(output: Array("{\"dryRun\":false}".utf8))),
        .outcome(job: job, .postponed(after: .milliseconds(1_500), waitingFor: problem)),
        .outcome(job: job, .failed(problem, retryAfter: nil)),
        .outcome(job: job, .failed(problem, retryAfter: .seconds(30))),
        .outcome(job: job, .cancelled(Problem(.cancelled, "An operator cancelled the job."))),
        .outcome(job: job, .interrupted),
    ]

    @Test("A frame is one line and comes back as it was", arguments: frames)
    func travels(frame: ExecutorFrame) {
        let line = frame.line()
        #expect(line.last == 0x0A)
        #expect(line.dropLast().contains(0x0A) == false)
        #expect(ExecutorFrame(line: Array(line.dropLast())) == frame)
        #expect(frame.job == Self.job)
    }

    @Test("Line ends inside an output or an event's data become spaces")
    func joinsLines() {
        let pretty = Array("{\r\n  \"a\": 1\n}".utf8)
        let flat = Array("{    \"a\": 1 }".utf8)
        let outcome = ExecutorFrame.outcome(job: Self.job, .succeeded(output: pretty)).line()
        let event = ExecutorFrame.event(job: Self.job, name: "tenant.changed", data: pretty).line()
        #expect(outcome.dropLast().contains(0x0A) == false)
        #expect(ExecutorFrame(line: Array(outcome.dropLast())) == .outcome(job: Self.job, .succeeded(output: flat)))
        #expect(
            ExecutorFrame(line: Array(event.dropLast())) == .event(job: Self.job, name: "tenant.changed", data: flat)
        )
    }

    @Test(
        "A line that no executor writes is no frame",
        arguments: [
            "", "ready", "{}", #"{"frame":"outcome","outcome":"interrupted"}"#,
            #"{"job":"17","frame":"steps","steps":"x"}"#,
            #"{"job":"ID","frame":"progress","done":1}"#, #"{"job":"ID","frame":"outcome","outcome":"succeeded"}"#,
            #"{"job":"ID","frame":"outcome","outcome":"succeeded","output":[]}"#,
            #"{"job":"ID","frame":"outcome","outcome":"failed","problem":{"code":"bad-luck","detail":""}}"#,
            #"{"job":"ID","frame":"outcome","outcome":"perished"}"#,
            #"{"job":"ID","frame":"event","event":"x","data":7}"#,
            #"{"job":"ID","frame":"steps","steps":{}}"#, #"{"job":"ID","frame":"song"}"#,
            #"{"job":"ID","frame":"progress","done":-1,"total":2,"step":"x"}"#,
            #"{"job":"ID","frame":"progress","done":1,"total":9223372036854775807,"step":"x"}"#,
            #"{"job":"ID","frame":"progress","done":1e300,"total":2,"step":"x"}"#,
        ]
    )
    func refuses(line: String) {
        let line = line.replacing("ID", with: Self.job.description)
        #expect(ExecutorFrame(line: Array(line.utf8)) == nil)
    }

    @Test(
        "A pause is held between nothing and a week, so that nothing overflows where it is added",
        arguments: [("9223372036854775807", 604_800_000), ("-9223372036854775808", 0), ("1500", 1_500)]
    )
    func boundsPauses(number: String, milliseconds: Int) throws {
        let problem = String(decoding: try JSONEncoder().encode(Self.problem), as: UTF8.self)
        let line =
            #"{"job":"\#(Self.job)","frame":"outcome","outcome":"postponed","milliseconds":\#(number),"problem":\#(problem)}"#
        guard case .outcome(_, .postponed(let pause, _)) = ExecutorFrame(line: Array(line.utf8)) else {
            Issue.record("it is no postponement")
            return
        }
        #expect(pause == .milliseconds(milliseconds))
        let long = ExecutorFrame.outcome(
            job: Self.job,
            .postponed(after: .seconds(Int64.max), waitingFor: Self.problem)
        )
        #expect(ExecutorFrame(line: Array(long.line().dropLast())) != nil)
    }

    @Test(
        "A request with a number out of bounds is none",
        arguments: [
            (#""attempt":2"#, #""attempt":9223372036854775807"#), (#""attempt":2"#, #""attempt":0"#),
            (#""limitMilliseconds":1000"#, #""limitMilliseconds":9223372036854775807"#),
            (#""limitMilliseconds":1000"#, #""limitMilliseconds":-1"#),
        ]
    )
    func boundsRequests(old: String, new: String) {
        let request = ExecutorRequest(
            job: Self.job,
            tenant: TenantID(UUID()),
            attempt: 2,
            limit: .seconds(1),
            since: Date(),
            steps: nil,
            data: [0x7B, 0x7D]
        )
        let line = String(decoding: request.line().dropLast(), as: UTF8.self)
        #expect(ExecutorRequest(line: Array(line.utf8)) != nil)
        #expect(line.contains(old))
        #expect(ExecutorRequest(line: Array(line.replacing(old, with: new).utf8)) == nil)
    }

    @Test("A request is one line and comes back as it was", arguments: [nil, "{\"done\":[\"a\\n\"]}"])
    func requestTravels(steps: String?) throws {
        let request = ExecutorRequest(
            job: Self.job,
            tenant: TenantID(UUID()),
            attempt: 2,
            limit: .milliseconds(900_250),
            since: Date(timeIntervalSince1970: 1_795_402_000),
            steps: steps,
            data: Array("{\n\"a\":\r\n1}".utf8)[...]
        )
        let line = request.line()
        #expect(line.firstIndex(of: 0x0A) == line.count - 1)
        let read = try #require(ExecutorRequest(line: Array(line.dropLast())))
        #expect(read.job == request.job)
        #expect(read.tenant == request.tenant)
        #expect(read.attempt == 2)
        #expect(read.limit == request.limit)
        #expect(read.since == request.since)
        #expect(read.steps == steps)
        #expect(String(decoding: read.data, as: UTF8.self) == "{ \"a\":  1}")
    }

    @Test("A request without one of its members is none")
    func refusesRequests() throws {
        let request = ExecutorRequest(
            job: Self.job,
            tenant: TenantID(UUID()),
            attempt: 1,
            limit: .seconds(1),
            since: Date(),
            steps: nil,
            data: [0x7B, 0x7D]
        )
        let scan = try JSONScan(Array(request.line().dropLast()))
        for left in scan.members {
            var writer = JSONObjectWriter()
            for member in scan.members where member.name != left.name {
                writer.member(rawName: member.name, raw: scan.bytes[member.value])
            }
            #expect(ExecutorRequest(line: writer.finish()) == nil, "without \(left.name)")
        }
    }
}
