import JobModel
import Testing

@testable import Executors

@Suite("Object marker")
struct ObjectMarkerTests {
    @Test("The comment tells people who manages the object, and us which one it is")
    func comment() throws {
        let marker = ObjectMarker(gateway: try testGateway(), kind: .bypassRule)
        #expect(
            marker.comment
                == "Managed by Sluice for Example Gateway; do not edit. [sluice:v1:example-gateway:bypass-rule]"
        )
    }

    @Test(
        "An object is ours by its mark alone",
        arguments: [
            ("Managed by Sluice for X; do not edit. [sluice:v1:example-gateway:inbound-connector]", true),
            ("ticket 4711 [SLUICE:V1:example-gateway:inbound-connector] do not touch", true),
            ("[sluice:v1:example-gateway:outbound-connector]", false),
            ("[sluice:v1:example-gateway-2:inbound-connector]", false),
            ("[sluice:v2:example-gateway:inbound-connector]", false),
            ("Managed by Sluice for Example Gateway; do not edit.", false),
            ("", false),
            (nil, false),
        ] as [(String?, Bool)]
    )
    func marks(comment: String?, expected: Bool) throws {
        #expect(ObjectMarker(gateway: try testGateway(), kind: .inboundConnector).marks(comment) == expected)
    }
}
