import Testing

@testable import WorkerRuntime

@Suite("One at a time for each key")
struct KeyedGateTests {
    /// Counts who is inside.
    private actor Room {
        private var inside: [Int: Int] = [:]
        private(set) var most = 0
        private(set) var visits = 0

        func enter(_ key: Int) {
            self.inside[key, default: 0] += 1
            self.most = max(self.most, self.inside[key, default: 0])
            self.visits += 1
        }

        func leave(_ key: Int) { self.inside[key, default: 0] -= 1 }
    }

    @Test("Never two at once, and nobody is forgotten")
    func exclusion() async {
        let gate = KeyedGate<Int>()
        let room = Room()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let key = number % 3
                    await gate.enter(key)
                    await room.enter(key)
                    await Task.yield()
                    await room.leave(key)
                    await gate.leave(key)
                }
            }
        }
        #expect(await room.most == 1)
        #expect(await room.visits == 300)
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
