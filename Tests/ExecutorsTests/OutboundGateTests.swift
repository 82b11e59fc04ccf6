import Foundation
import JobModel
import Testing

@testable import Executors
@testable import MailPolicy

@Suite("The gate before the outbound connector")
struct OutboundGateTests {
    private static func domain(
        _ gate: OutboundGateState,
        _ name: String = "contoso.com",
        publish: String? = "v=spf1 include:spf.gateway.example -all"
    ) -> RelayDomain {
        RelayDomain(
            name: name,
            gate: gate,
            views: [],
            publish: gate == .shut ? publish : nil,
            advice: gate == .open ? nil : "\(name) is \(gate.rawValue)."
        )
    }

    private static let plain = #""dryRun":false"#
    private static let waiting = #""waitForDns":true"#
    private static let forced = #""force":{"reason":"ticket 4711"}"#

    /// What a passage is, in a word, with the code of its problem.
    private static func word(_ passage: OutboundGate.Passage) -> String {
        switch passage {
        case .go(nil): "go"
        case .go(let reason?): "go: \(reason)"
        case .refuse(let problem): "refuse \(problem.code.rawValue)"
        case .wait(let waiting): "wait \(waiting.wait.rawValue) \(waiting.problem.code.rawValue)"
        }
    }

    @Test(
        "Only an open gate, or a person's reason, lets a job pass",
        arguments: [
            ([.open], plain, "go"), ([.open, .open], plain, "go"),
            ([.open, .shut], plain, "refuse spf-not-ready"), ([.shut, .unknown], plain, "refuse spf-not-ready"),
            ([.open, .unknown], plain, "wait dns-answer dns-unavailable"),
            ([], plain, "wait dns-answer dns-unavailable"),
            ([.open], waiting, "go"), ([.shut, .open], waiting, "wait dns-record spf-not-ready"),
            ([.unknown], waiting, "wait dns-record dns-unavailable"),
            ([.open], forced, "go"), ([.shut], forced, "go: ticket 4711"), ([.unknown], forced, "go: ticket 4711"),
        ] as [([OutboundGateState], String, String)]
    )
    func passes(states: [OutboundGateState], members: String, expected: String) throws {
        let gate = OutboundGate(domains: states.map { Self.domain($0) })
        #expect(Self.word(gate.passage(for: try Bench.enabling(members))) == expected)
    }

    @Test("What stands in the way names every domain and the record to publish")
    func names() throws {
        let gate = OutboundGate(
            domains: [
                Self.domain(.open, "a.example"), Self.domain(.shut, "b.example"), Self.domain(.unknown, "c.example"),
            ]
        )
        guard case .refuse(let problem) = gate.passage(for: try Bench.enabling()) else {
            Issue.record("not refused")
            return
        }
        #expect(
            problem.detail
                == "b.example is shut. Publish at b.example: v=spf1 include:spf.gateway.example -all"
        )
    }

    @Test("A hundred long records are not cut in the middle: what does not fit is counted")
    func fits() throws {
        let record = "v=spf1 " + String(repeating: "ip4:192.0.2.1 ", count: 20) + "-all"
        let gate = OutboundGate(domains: (0..<100).map { Self.domain(.shut, "d\($0).example", publish: record) })
        guard case .refuse(let problem) = gate.passage(for: try Bench.enabling()) else {
            Issue.record("not refused")
            return
        }
        #expect(problem.detail.unicodeScalars.count <= Problem.detailLengthMax)
        #expect(problem.detail.hasSuffix("and 98 more; a dry run tells all."))
        #expect(problem.detail.components(separatedBy: "-all").count == 3)
    }

    @Test(
        "A domain is open when both views pass, shut when one does not, unknown when one does not tell",
        arguments: SPFResult.allCases,
        SPFResult.allCases
    )
    func domain(resolvers: SPFResult, authoritative: SPFResult) {
        let survey = SPFSurvey(
            domain: "contoso.com",
            addresses: ["192.0.2.10"].compactMap { IPAddress($0) },
            resolvers: [Self.reading(resolvers)],
            authoritative: [Self.reading(authoritative)],
            authoritativeFailure: nil
        )
        let found = RelayDomain(survey, nil)
        let results = [resolvers, authoritative]
        let isWrong = results.contains { $0 != .pass && $0 != .temperror }
        #expect(found.gate == (isWrong ? .shut : results.contains(.temperror) ? .unknown : .open))
        #expect(found.views.map(\.result.rawValue) == results.map(\.rawValue))
        #expect((found.advice == nil) == (found.gate == .open))
    }

    private static func reading(_ result: SPFResult) -> SPFSurvey.Reading {
        SPFSurvey.Reading(verdicts: [SPFVerdict(result: result, domain: "contoso.com")], records: [])
    }
}
