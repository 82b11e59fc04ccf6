import JobModel
import Testing

@testable import Executors

@Suite("Object marker")
struct ObjectMarkerTests {
    private static let mark = "[sluice:v1:example-gateway:inbound-connector]"

    @Test("The comment tells people who manages the object, and us which one it is")
    func comment() throws {
        let marker = ObjectMarker(gateway: try testGateway(), kind: .bypassRule)
        #expect(
            marker.comment
                == "Managed by Sluice for Example Gateway; do not edit. [sluice:v1:example-gateway:bypass-rule]"
        )
    }

    @Test(
        "A comment tells whose mark it carries, and whether its words mean a gateway that marks spell alike",
        arguments: [
            ("Managed by Sluice for Example Gateway; do not edit. \(mark)", .ours),
            ("managed by sluice for EXAMPLE gateway; do not edit. \(mark)", .ours),
            ("ticket 4711 [SLUICE:V1:example-gateway:inbound-connector] do not touch", .ours),
            ("Managed by Sluice for Example-Gateway; do not edit. \(mark)", .oursInOtherWords),
            ("[sluice:v1:example-gateway:outbound-connector]", .none),
            ("[sluice:v1:example-gateway-2:inbound-connector]", .anotherGateway),
            ("[sluice:v2:example-gateway:inbound-connector]", .none),
            ("Managed by Sluice for Example Gateway; do not edit.", .none),
            ("", .none),
            (nil, .none),
        ] as [(String?, ObjectMarker.Reading)]
    )
    func reading(comment: String?, expected: ObjectMarker.Reading) throws {
        #expect(ObjectMarker(gateway: try testGateway(), kind: .inboundConnector).reading(of: comment) == expected)
    }
}
