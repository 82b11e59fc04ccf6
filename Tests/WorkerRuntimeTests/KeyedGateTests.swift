import Synchronization
import Testing

@testable import WorkerRuntime

@Suite("One at a time for each key")
struct KeyedGateTests {
    @Test("Never two at once, and nobody is forgotten")
    func exclusion() async {
        let gate = KeyedGate<Int>()
        let inside = Mutex((now: [Int: Int](), worst: 0, visits: 0))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let key = number % 3
                    await gate.enter(key)
                    inside.withLock { state in
                        state.now[key, default: 0] += 1
                        state.worst = max(state.worst, state.now[key, default: 0])
                        state.visits += 1
                    }
                    await Task.yield()
                    inside.withLock { $0.now[key, default: 0] -= 1 }
                    await gate.leave(key)
                }
            }
        }
        #expect(inside.withLock { $0.worst } == 1)
        #expect(inside.withLock { $0.visits } == 300)
    }

    @Test("Trying does not wait")
    func trying() async {
        let gate = KeyedGate<String>()
        #expect(await gate.tryEnter("tenant"))
        #expect(await !gate.tryEnter("tenant"))
        #expect(await gate.tryEnter("another"))
        await gate.leave("tenant")
        #expect(await gate.tryEnter("tenant"))
    }
}
