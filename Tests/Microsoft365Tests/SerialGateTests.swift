import Synchronization
import Testing

@testable import Microsoft365

@Suite("The gate")
struct SerialGateTests {
    @Test("Never two are in at once, and all get in")
    func oneAtATime() async {
        let gate = SerialGate()
        let inside = Inside()
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    guard await gate.enter() else { return }
                    defer { gate.leave() }
                    inside.count.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                        $0.total += 1
                    }
                    await Task.yield()
                    inside.count.withLock { $0.now -= 1 }
                }
            }
        }
        #expect(inside.count.withLock { $0.most } == 1)
        #expect(inside.count.withLock { $0.total } == 50)
    }

    private final class Inside: Sendable {
        let count = Mutex((now: 0, most: 0, total: 0))
    }

    @Test("Who is cancelled in the line leaves it, and the gate goes on")
    func cancelled() async {
        let gate = SerialGate()
        #expect(await gate.enter())
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await gate.enter() }
            group.cancelAll()
            for await gotIn in group { #expect(!gotIn) }
        }
        gate.leave()
        #expect(await gate.enter())
        gate.leave()
    }
}
