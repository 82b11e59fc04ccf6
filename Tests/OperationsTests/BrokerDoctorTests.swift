import Foundation
import Testing

@testable import JobQueue
@testable import Operations

@Suite("What the doctor says of a broker")
struct BrokerDoctorTests {
    @Test(
        "Its version, and what differs with it",
        arguments: [
            ("3.9.1", DoctorFinding.Status.bad, "too old"), ("3.10.8", .good, "one for all queues"),
            ("3.13.7", .good, "x-death"), ("4.0.2", .warning, "20 deliveries"), ("4.3.1", .warning, "one consumer"),
            ("", .warning, "does not tell"),
        ]
    )
    func version(text: String, status: DoctorFinding.Status, words: String) {
        let finding = BrokerTraits.finding(text)
        #expect(finding.status == status && finding.detail.contains(words), "\(finding)")
        #expect(status != .bad || finding.mend != nil)
    }

    @Test(
        "Queues and exchanges: what is missing is a fault, what a login may not compare is none",
        arguments: [
            ([], [DoctorFinding.Status.good]), ([.missing], [.bad]), ([.different, .overruled], [.bad, .bad]),
            ([.forbidden, .forbidden], [.unknown]), ([.missing, .forbidden], [.bad, .unknown]),
        ] as [([TopologyFinding.Kind], [DoctorFinding.Status])]
    )
    func topology(kinds: [TopologyFinding.Kind], statuses: [DoctorFinding.Status]) {
        let findings = BrokerDoctor.topology(kinds.map { TopologyFinding(object: "queue a", kind: $0, detail: "b") })
        #expect(findings.map(\.status) == statuses)
        #expect(findings.allSatisfy { $0.status == .good || $0.mend != nil })
        let isComplete = findings.contains { $0.detail.contains("All") }
        #expect(isComplete == !statuses.contains(.bad))
    }

    @Test("Its clock", arguments: [(0.4, DoctorFinding.Status.good), (-4, .good), (12, .warning), (-300, .bad)])
    func clock(difference: Double, status: DoctorFinding.Status) {
        let finding = BrokerProbe.finding(difference: difference)
        #expect(finding.status == status)
        if status != .good { #expect(finding.detail.contains(difference < 0 ? "behind" : "ahead")) }
    }

    @Test(
        "A policy that loses messages is found, another is let be",
        arguments: [
            ("[]", DoctorFinding.Status.good), (#"[{"name":"a","definition":"{\"overflow\":\"drop-head\"}"}]"#, .bad),
            (#"[{"name":"a","definition":"{\"overflow\":\"reject-publish\",\"max-length\":5}"}]"#, .good),
            (#"[{"name":"a","definition":"{\"max-length\":5}"}]"#, .good), ("not JSON", .unknown),
        ]
    )
    func policies(json: String, status: DoctorFinding.Status) {
        #expect(BrokerHost.overflow(Data(json.utf8)).status == status)
    }

    @Test(
        "RabbitMQ's own disk limit is too small",
        arguments: [
            (#"{"disk_free_limit":50000000}"#, DoctorFinding.Status.warning),
            (#"{"disk_free_limit":2000000000}"#, .good), ("{}", .unknown), ("", .unknown),
        ]
    )
    func diskLimit(json: String, status: DoctorFinding.Status) {
        #expect(BrokerHost.diskLimit(Data(json.utf8)).status == status)
    }

    @Test(
        "rabbitmqctl is asked about this machine's broker and about no other",
        arguments: [
            ("localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("LOCALHOST", true),
            ("broker.example", false), ("192.0.2.1", false), ("localhost.example", false),
        ]
    )
    func host(name: String, isHere: Bool) {
        #expect(BrokerHost.isHere(name) == isHere)
        #expect(BrokerHost.isHere(ProcessInfo.processInfo.hostName))
    }
}
