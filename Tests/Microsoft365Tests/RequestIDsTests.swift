import Foundation
import Simulator
import Testing

@testable import Microsoft365

@Suite("Ids of requests")
struct RequestIDsTests {
    @Test("No two are the same, and the calls of one client have their first two groups in common")
    func ids() {
        let (one, other) = (RequestIDs(), RequestIDs())
        let ids = (0..<100).map { _ in one.next() }
        #expect(Set(ids).count == 100)
        #expect(Set(ids.map { $0.uuidString.prefix(13) }).count == 1)
        #expect(ids[0].uuidString.prefix(13) != other.next().uuidString.prefix(13))
        #expect(ids.allSatisfy { $0.uuidString.dropFirst(14).first == "4" })
    }

    @Test("The service sees by them which calls belong together")
    func calls() async throws {
        try await withRig { rig in
            let (one, other) = (try rig.tenant(), try rig.tenant())
            _ = try await one.graph.domains()
            _ = try await one.graph.domains()
            _ = try await other.graph.domains()
            let writers = await rig.simulator.journal(route: "graph.domains.list").map(\.writer)
            #expect(writers.count == 3)
            #expect(writers[0] != nil)
            #expect(writers[0] == writers[1])
            #expect(writers[2] != writers[0])
        }
    }
}
