import Testing

@testable import Executors

@Suite("Which mailboxes of a job are worked on at once")
struct MailboxPlacesTests {
    private static let start = ContinuousClock.now

    @Test("As many as there are places, the others in their order")
    func admits() {
        var line = MailboxLine(places: 2)
        for mailbox in [3, 1, 2, 0] { line.add(mailbox) }
        #expect(line.admit(at: Self.start) == 3 && line.admit(at: Self.start) == 1)
        #expect(line.admit(at: Self.start) == nil)
        line.leave(1)
        #expect(line.admit(at: Self.start) == 2 && line.admit(at: Self.start) == nil)
        line.leave(3)
        line.leave(2)
        // One that comes back, as those do that waited for others, stands behind.
        line.add(3)
        #expect(line.admit(at: Self.start) == 0 && line.admit(at: Self.start) == 3)
        #expect(line.admit(at: Self.start) == nil)
    }

    @Test("A place that is kept too long goes to the next, once")
    func givesAway() {
        var line = MailboxLine(places: 2)
        for mailbox in 0..<4 { line.add(mailbox) }
        #expect(line.admit(at: Self.start) == 0 && line.admit(at: Self.start + .seconds(3)) == 1)
        line.leaveAll(keptSince: Self.start)
        #expect(line.admit(at: Self.start + .seconds(5)) == 2)
        line.leave(0)
        #expect(line.admit(at: Self.start + .seconds(5)) == nil)
        line.leave(1)
        #expect(line.admit(at: Self.start + .seconds(5)) == 3)
    }

    @Test("However many come at once, all have their turn")
    func serves() async {
        let places = MailboxPlaces(places: 3)
        let served = await withTaskGroup(of: Int.self) { group in
            for mailbox in 0..<100 {
                group.addTask {
                    await places.take(mailbox)
                    await places.leave(mailbox)
                    return mailbox
                }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(served.count == 100)
    }
}
