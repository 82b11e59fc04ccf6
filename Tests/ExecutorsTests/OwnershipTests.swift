import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Whose an object is")
struct OwnershipTests {
    private static let hosts: JSONValue = .array(["OUT1.gateway.example.", "out2.gateway.example"])

    /// An object as it is made, changed, with the owner that is decided and whether its mark may be written anew.
    private static func expect<Kind: ExchangeKind>(
        _ kind: Kind,
        _ changes: [String: JSONValue],
        _ owner: ObjectOwner,
        isAdoptable: Bool = false,
        isRefused: Bool = false,
        known: [String: String] = [:]
    ) throws {
        let object = try required(Kind.Object(record(kind.made, changes)))
        let ownership = Ownership(kind, [object], gateway: try testGateway(), known: known)
        #expect(ownership.objects.map(\.owner) == [owner], "\(changes)")
        #expect((ownership.adoptable != nil) == isAdoptable, "\(changes)")
        let refusal = Result { () throws(Problem) in try ownership.settled() }.failure
        #expect(refusal?.code == (isRefused ? .connectorConflict : nil), "\(changes)")
        if isRefused { #expect(refusal?.detail.contains(object.quotedName) == true) }
    }

    private static func doubtful(
        name: Bool = false,
        _ effect: GatewayEffect = .none,
        otherMark: Bool = false
    ) -> ObjectOwner {
        .doubtful(Likeness(hasOurName: name, effect: effect, hasOtherMark: otherMark))
    }

    @Test("A mark or a remembered GUID makes it ours, whatever else was changed")
    func certain() async throws {
        let guid = UUID().uuidString
        try await withKinds { kinds in
            try Self.expect(kinds.outbound, ["Name": "X", "SmartHosts": .array(["evil.example"])], .ours)
            try Self.expect(kinds.inbound, ["Comment": .string("ticket 1 \(kinds.inbound.made.comment ?? "")")], .ours)
            let bare: [String: JSONValue] = ["Name": "X", "Comment": "", "Guid": .string(guid)]
            try Self.expect(kinds.outbound, bare, .ours, known: ["outbound-connector": guid.lowercased()])
        }
    }

    @Test("Without a mark it may be ours by name, by hosts, by addresses; only both together may be marked anew")
    func doubtful() async throws {
        try await withKinds { kinds in
            let out = kinds.outbound
            try Self.expect(out, ["Comment": ""], Self.doubtful(name: true, .all), isAdoptable: true, isRefused: true)
            let spelled: [String: JSONValue] = ["Comment": "ticket 4711", "SmartHosts": Self.hosts]
            try Self.expect(out, spelled, Self.doubtful(name: true, .all), isAdoptable: true, isRefused: true)
            try Self.expect(out, ["Comment": "", "Name": "X"], Self.doubtful(.all), isRefused: true)
            let some: [String: JSONValue] = [
                "Comment": "", "Name": "X", "SmartHosts": .array(["out2.gateway.example", "other.example"]),
            ]
            try Self.expect(out, some, Self.doubtful(.some), isRefused: true)
            let namesake: [String: JSONValue] = ["Comment": "", "SmartHosts": .array(["other.example"])]
            try Self.expect(out, namesake, Self.doubtful(name: true), isRefused: true)
            let blocks: [String: JSONValue] = [
                "Comment": "", "Name": "X", "SenderIPAddresses": .array(["203.0.113.0/24"]),
            ]
            try Self.expect(kinds.inbound, blocks, Self.doubtful(.some), isRefused: true)
        }
    }

    @Test("What is for single domains, scoped to a rule or a rule itself stands beside ours without harm")
    func beside() async throws {
        try await withKinds { kinds in
            let bare: [String: JSONValue] = ["Comment": "", "Name": "X"]
            let one = bare.merging(["RecipientDomains": .array(["bank.example"])]) { $1 }
            try Self.expect(kinds.outbound, one, Self.doubtful(.all))
            try Self.expect(kinds.outbound, bare.merging(["IsTransportRuleScoped": true]) { $1 }, Self.doubtful(.all))
            let sender = bare.merging(["SenderDomains": .array(["bank.example"])]) { $1 }
            try Self.expect(kinds.inbound, sender, Self.doubtful(.all))
            try Self.expect(kinds.rule, ["Comments": "", "Name": "X"], Self.doubtful(.all))
        }
    }

    @Test(
        "A rule is for the gateway's addresses also by a range, a block around them, or an exception",
        arguments: [
            (["SenderIpRanges": .array(["203.0.113.1-203.0.113.9"])], GatewayEffect.some),
            (["SenderIpRanges": .array(["198.51.0.0/16"])], .some),
            (["SenderIpRanges": .null, "ExceptIfSenderIpRanges": .array(["198.51.100.0/23"])], .some),
            (["SenderIpRanges": .array(["0.0.0.0/0"])], .none),
            (["SenderIpRanges": .array(["203.0.113.8", "2001:db8::1", "nonsense"])], .none),
            (["SenderIpRanges": .null], .none),
        ] as [([String: JSONValue], GatewayEffect)]
    )
    func rules(changes: [String: JSONValue], effect: GatewayEffect) async throws {
        try await withKinds { kinds in
            let rule = try required(TransportRule(record(kinds.rule.made, changes)))
            #expect(kinds.rule.effect(of: rule) == effect)
        }
    }

    @Test("A mark of another gateway is not ours, even one that marks spell alike, unless it serves our hosts")
    func otherGateways() async throws {
        try await withKinds { kinds in
            let out = kinds.outbound
            let mark = "[sluice:v1:example-gateway:outbound-connector]"
            let alike = "Managed by Sluice for Example-Gateway; do not edit. \(mark)"
            let theirs: [String: JSONValue] = [
                "Name": "X", "Comment": .string(alike), "SmartHosts": .array(["other.example"]),
            ]
            try Self.expect(out, theirs, .anotherGateways)
            try Self.expect(out, ["Name": "X", "Comment": .string(alike)], .ours)
            let other: [String: JSONValue] = ["Comment": "[sluice:v1:other:outbound-connector]"]
            try Self.expect(out, other, Self.doubtful(name: true, .all, otherMark: true), isRefused: true)
        }
    }

    @Test("What Exchange did not send is unknown, and nothing of ours in name or hosts is somebody else's")
    func others() async throws {
        try await withKinds { kinds in
            let bare = ExchangeRecord(["Guid": .string(UUID().uuidString), "Name": "Odd"])
            let object = try required(OutboundConnector(bare))
            let ownership = Ownership(kinds.outbound, [object], gateway: try testGateway(), known: [:])
            #expect(ownership.objects.map(\.owner) == [.unknown(field: "SmartHosts")])
            #expect(ownership.remains.count == 1)
            let theirs: [String: JSONValue] = ["Name": "X", "Comment": "", "SmartHosts": .array(["other.example"])]
            try Self.expect(kinds.outbound, theirs, .somebodyElses)
        }
    }

    @Test("Two that may be ours are for nobody to mark anew")
    func twice() async throws {
        try await withKinds { kinds in
            let changes: [[String: JSONValue]] = [["Comment": ""], ["Comment": "", "Name": "X"]]
            let objects = try changes.map { try required(OutboundConnector(record(kinds.outbound.made, $0))) }
            let ownership = Ownership(kinds.outbound, objects, gateway: try testGateway(), known: [:])
            #expect(ownership.adoptable == nil && ownership.suspects.count == 2)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
