import AMQP
import JobModel
import JobQueue
import Testing

@Suite("The headers of a job")
struct JobHeadersTests {
    @Test("Only our own headers survive a republish: x-death above all does not")
    func allowList() {
        let foreign: FieldTable = [
            "x-death": .array([.table(["count": .int64(3)])]), "x-delivery-count": .int64(4),
            "x-anything": .string("else"),
            "x-job-attempt": .int32(3), "x-job-replay": .int64(1), "x-job-tenant": .string("t"),
            "x-job-deadline": .string("2026-11-23T03:00:00Z"), "traceparent": .string("00-a-b-01"),
        ]
        let fields = JobHeaders(foreign, from: .runtime).fields
        #expect(Set(fields.keys) == ["x-job-attempt", "x-job-replay", "x-job-tenant", "x-job-deadline", "traceparent"])
        #expect(fields["x-job-attempt"] == .number(3))
    }

    @Test(
        "A foreign value counts as not sent",
        arguments: [
            (["x-job-attempt": .string("three")], 1), (["x-job-attempt": .int64(-4)], 1),
            (["x-job-attempt": .int64(9_999_999)], 1), (["x-job-attempt": .uint8(2)], 2), ([:], 1),
        ] as [(FieldTable, Int)]
    )
    func foreign(table: FieldTable, attempt: Int) {
        #expect(JobHeaders(table, from: .runtime).attempt == attempt)
    }

    @Test("A console's attempt and replay count as not sent; its deadline and trace are its own")
    func console() {
        let table: FieldTable = [
            "x-job-attempt": .int64(7), "x-job-replay": .int64(7), "x-job-deadline": .string("2026-11-23T03:00:00Z"),
        ]
        let headers = JobHeaders(table, from: .console)
        #expect(headers.attempt == 1 && headers.replay == 0 && headers.deadline == "2026-11-23T03:00:00Z")
        #expect(JobHeaders(table, from: .runtime).replay == 7)
        for number in [FieldValue.int64(.max), .int64(.min), .uint64(.max), .int64(1_001), .timestamp(.max)] {
            let headers = JobHeaders(["x-job-attempt": number, "x-job-replay": number], from: .runtime)
            #expect(headers.attempt == 1 && headers.replay == 0)
        }
    }

    @Test("A text longer than ours ever are is dropped")
    func long() {
        #expect(
            JobHeaders(["traceparent": .string(String(repeating: "a", count: 101))], from: .console).traceparent == nil
        )
    }
}
