import Foundation
import Testing

@testable import JobModel

@Suite("The data of sync-directory, its filters and its pages")
struct SyncDirectoryTests {
    @Test("Only who asks has to be said")
    func hasDefaults() throws {
        let job = try SyncDirectory(data: Array(#"{"requestedBy":"a@contoso.com"}"#.utf8))
        #expect(job.state == nil && job.filters == nil && job.confirmRemovals == nil)
        #expect(job.notify.isEmpty && !job.full)
    }

    @Test("A job says what differs from the worker's filters")
    func overrides() throws {
        let job = try SyncDirectory(
            data: Array(#"{"requestedBy":"a@contoso.com","filters":{"guests":true,"domains":["contoso.com"]}}"#.utf8)
        )
        let filters = try #require(job.filters?.over(.standard))
        #expect(
            filters == DirectoryFilters(users: .enabledAndShared, guests: true, domains: ["contoso.com"], groups: .all)
        )
        let other = DirectoryFilters(users: .all, guests: false, domains: nil, groups: .mail)
        #expect(job.filters?.over(other).users == .all)
        #expect(job.filters?.over(other).groups == .mail)
    }

    @Test("A state is taken to its last character", arguments: [(65_536, true), (65_537, false)])
    func boundsState(length: Int, isTaken: Bool) {
        let state = String(repeating: "x", count: length)
        let data = Array(#"{"requestedBy":"a@contoso.com","state":"\#(state)"}"#.utf8)
        #expect(((try? SyncDirectory(data: data)) != nil) == isTaken)
    }

    @Test("Every kind of change comes back as it was written, under the name of its kind")
    func changesComeBack() throws {
        for page in DirectorySample.pages {
            let bytes = try JSONEncoder().encode(page)
            #expect(try JSONDecoder().decode(DirectoryPage.self, from: bytes) == page)
        }
        let bytes = try JSONEncoder().encode(DirectoryChange.group(DirectorySample.group))
        #expect(try JSONScan(Array(bytes)).members.map(\.name) == ["group"])
    }

    @Test("A change of a kind from a later version is not read as another")
    func refusesUnknownChanges() {
        #expect((try? JSONDecoder().decode(DirectoryChange.self, from: Data(#"{"device":{}}"#.utf8))) == nil)
    }
}
