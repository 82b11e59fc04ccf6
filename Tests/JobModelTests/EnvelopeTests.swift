import Foundation
import Testing

@testable import JobModel

@Suite("An envelope is read from a message's body")
struct EnvelopeTests {
    private static let members: [(name: String, value: String)] = [
        ("specversion", #""1.0""#), ("id", #""0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f""#),
        ("type", #""jobs.connect-tenant.v1""#), ("source", #""/console/eu1""#),
        ("subject", #""6f1d7c2a-93c5-4d0e-8a39-0d6f2b7c1e55""#), ("time", #""2026-11-23T03:00:00Z""#),
        ("data", #"{ "customer":"contoso" }"#),
    ]

    @Test("Every attribute is read, and `data` stays as it is")
    func reads() throws {
        let envelope = try Envelope(Self.body(), from: .console)
        #expect(envelope.id.description == "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f")
        #expect(envelope.type == .connectTenant)
        #expect(envelope.source == "/console/eu1")
        #expect(envelope.tenant.description == "6f1d7c2a-93c5-4d0e-8a39-0d6f2b7c1e55")
        #expect(envelope.time == Date(timeIntervalSince1970: 1_795_402_800))
        #expect(envelope.memo == .none)
        #expect(String(decoding: envelope.data, as: UTF8.self) == #"{ "customer":"contoso" }"#)
    }

    @Test("Escapes that PHP and .NET write are read")
    func readsEscapes() throws {
        let envelope = try Envelope(
            Self.body([
                "source": #""\/console\/eu1""#, "time": #""2026-11-23T03:00:00\u002B00:00""#,
                "datacontenttype": #""application\/json""#,
            ]),
            from: .console
        )
        #expect(envelope.source == "/console/eu1")
        #expect(envelope.time == Date(timeIntervalSince1970: 1_795_402_800))
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("specversion", #""0.3""#, ProblemCode.invalidEnvelope), ("specversion", "1.0", .invalidEnvelope),
            ("id", #""17""#, .invalidEnvelope), ("id", "17", .invalidEnvelope), ("id", "null", .invalidEnvelope),
            ("source", #""""#, .invalidEnvelope), ("source", #""a b""#, .invalidEnvelope),
            ("source", #""a\nb""#, .invalidEnvelope), ("source", #""m\u00f8bler""#, .invalidEnvelope),
            ("source", "\"\(String(repeating: "x", count: 257))\"", .invalidEnvelope),
            ("subject", #""contoso.com""#, .invalidTenant), ("subject", "{}", .invalidEnvelope),
            ("time", #""yesterday""#, .invalidEnvelope), ("time", "1795402800", .invalidEnvelope),
            ("type", #""jobs.fly.v1""#, .unknownJobType), ("type", #""jobs.connect-tenant""#, .unknownJobType),
            ("type", #""results.connect-tenant.v1""#, .unknownJobType),
            ("type", #""jobs.connect-tenant.v1.x""#, .unknownJobType),
            ("type", #""Jobs.connect-tenant.v1""#, .unknownJobType),
            ("type", #""jobs.connect-tenant.v2""#, .unsupportedVersion),
            ("type", #""jobs.connect-tenant.V1""#, .unsupportedVersion), ("type", "[]", .invalidEnvelope),
            ("datacontenttype", #""text/plain""#, .invalidEnvelope), ("datacontenttype", "null", .invalidEnvelope),
            ("data", "[]", .invalidEnvelope), ("data", "null", .invalidEnvelope), ("data", #""{}""#, .invalidEnvelope),
            ("memo", #""forged""#, .invalidEnvelope), ("memo", "{}", .invalidEnvelope),
            ("memo", "null", .invalidEnvelope),
        ]
    )
    func names(attribute: String, value: String, code: ProblemCode) {
        let problem = Self.problem(Self.body([attribute: value]))
        #expect(problem?.code == code)
        #expect(problem?.detail.contains("`\(attribute)`") == true, "\(problem?.detail ?? "no problem")")
    }

    @Test("What is missing is named", arguments: Self.members.map(\.name))
    func namesMissing(attribute: String) {
        let problem = Self.problem(Self.body([attribute: ""]))
        #expect(problem == Problem(.invalidEnvelope, "`\(attribute)` is missing."))
    }

    @Test("A name hidden behind an escape is refused")
    func refusesEscapedNames() {
        let problem = Self.problem(Self.body([#"\u0073ubject"#: #""00000000-0000-0000-0000-000000000000""#]))
        #expect(problem?.code == .invalidEnvelope)
    }

    @Test("A body of exactly 1 MiB is read, one byte more is not, 2 MiB neither")
    func limitsSize() throws {
        let padding = Envelope.bytesMax - Self.body().count
        _ = try Envelope(Self.body() + [UInt8](repeating: 0x20, count: padding), from: .console)
        #expect(Self.problem(Self.body() + [UInt8](repeating: 0x20, count: padding + 1))?.code == .bodyTooLarge)
        #expect(Self.problem([UInt8](repeating: 0x7B, count: 2 * Envelope.bytesMax))?.code == .bodyTooLarge)
    }

    @Test("A job as large as may be comes back with what it remembers, and is read")
    func limitsSizeWithMemo() throws {
        let filler = Self.body(["data": #"{"a":""# + String(repeating: "x", count: Envelope.bytesMax - 600) + #""}"#])
        let memo = Memo(round: 1, sequence: 3, since: nil, steps: String(repeating: "s", count: 32 << 10))
        let back = try Envelope(filler, from: .console).body(memo: memo)
        #expect(back.count > Envelope.bytesMax)
        #expect(try Envelope(back, from: .runtime).memo == memo)
        #expect(Self.problem(back + [UInt8](repeating: 0x20, count: Envelope.memoBytesMax))?.code == .bodyTooLarge)
    }

    @Test("With another memo every other member is kept byte for byte")
    func replacesMemo() throws {
        let odd = Self.body([
            "trace": "[ 1,\t2e0 ]", "data": "{\n \"customer\" : \"\\u00f8\" }",
            "memo": #""{\"round\":1,\"sequence\":4}""#,
        ])
        let memo = Memo(round: 2, sequence: 9, since: Date(timeIntervalSince1970: 1), steps: "{\"a\":\"\\n\"}")
        let again = try Envelope(odd, from: .runtime).body(memo: memo)
        let (before, after) = (try JSONScan(odd), try JSONScan(again))
        #expect(after.members.map(\.name).sorted() == before.members.map(\.name).sorted())
        for member in before.members where member.name != "memo" {
            #expect(after.raw(member.name) == before.raw(member.name), "\(member.name)")
        }
        #expect(try Envelope(again, from: .runtime).memo == memo)
        #expect(try Envelope(again, from: .runtime).body(memo: memo) == again)
    }

    @Test(
        "A memo counts only from the runtime: a console's is refused by name, however good it is, and can be left out"
    )
    func refusesMemoOfConsole() throws {
        let body = try Envelope(Self.body(), from: .console).body(
            memo: Memo(round: 1, sequence: 2, since: nil, steps: "s")
        )
        let problem = try #require(Self.problem(body, from: .console))
        #expect(problem.code == .invalidEnvelope && problem.detail.hasPrefix("`memo` came with a new job"))
        #expect(try Envelope(body, from: .runtime).memo.steps == "s")
        let without = Envelope.withoutMemo(body)
        #expect(try Envelope(without, from: .console).memo == .none)
        let (before, after) = (try JSONScan(body), try JSONScan(without))
        for member in before.members where member.name != "memo" {
            #expect(after.raw(member.name) == before.raw(member.name), "\(member.name)")
        }
        #expect(Envelope.withoutMemo(Array("no JSON".utf8)) == Array("no JSON".utf8))
        #expect(Envelope.withoutMemo(Self.body()) == Self.body())
    }

    @Test("What can be read from a bad body is salvaged for its dead letter")
    func salvages() {
        let body = Self.body(["id": #""17""#, "subject": "5", "type": "\"\(String(repeating: "x", count: 201))\""])
        let salvaged = Envelope.salvage(body)
        #expect(salvaged.id == "17")
        #expect(salvaged.type == nil)
        #expect(salvaged.subject == nil)
        #expect(Envelope.salvage(Array("not JSON".utf8)).id == nil)
        #expect(
            Envelope.salvage(body + [UInt8](repeating: 0x20, count: Envelope.bytesMax + Envelope.memoBytesMax)).id
                == nil
        )
    }

    /// A body whose members are replaced; an empty value leaves one out, a new name is added.
    private static func body(_ changes: [String: String] = [:]) -> [UInt8] {
        let known = self.members.map { ($0.name, changes[$0.name] ?? $0.value) }
        let added = changes.filter { change in !self.members.contains { $0.name == change.key } }.sorted {
            $0.key < $1.key
        }
        let all = known + added.map { ($0.key, $0.value) }
        return Array("{\(all.filter { !$0.1.isEmpty }.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ", "))}".utf8)
    }

    private static func problem(_ body: [UInt8], from origin: Envelope.Origin = .runtime) -> Problem? {
        do throws(Problem) {
            _ = try Envelope(body, from: origin)
            return nil
        } catch {
            return error
        }
    }
}
