import Testing

@testable import Executors

@Suite("Events on their way to the worker")
struct EventsUnderWayTests {
    @Test("Who waits goes on when enough are on record, and no sooner")
    func waits() async {
        let underWay = EventsUnderWay()
        for _ in 0..<3 { underWay.sent() }
        let isThrough = Gate()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await underWay.wait(downTo: 1)
                await isThrough.open()
            }
            underWay.taken()
            #expect(await !isThrough.isOpen)
            underWay.taken()
            await group.waitForAll()
        }
        #expect(await isThrough.isOpen)
        await underWay.wait(downTo: 1)
    }

    @Test("A cancelled task waits no longer", .timeLimit(.minutes(5)))
    func isCancelled() async {
        let underWay = EventsUnderWay()
        underWay.sent()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await underWay.wait(downTo: 0) }
            group.cancelAll()
        }
    }

    private actor Gate {
        var isOpen = false
        func open() { self.isOpen = true }
    }
}
