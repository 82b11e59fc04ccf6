/// Lets one at a time through for each key; the others wait in the order they came.
actor KeyedGate<Key: Hashable & Sendable> {
    private var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]

    /// Waits for the key, and holds it.
    func enter(_ key: Key) async {
        guard self.waiting[key] != nil else {
            self.waiting[key] = []
            return
        }
        await withCheckedContinuation { self.waiting[key, default: []].append($0) }
    }

    /// Takes the key if nobody holds it; false if somebody does.
    func tryEnter(_ key: Key) -> Bool {
        guard self.waiting[key] == nil else { return false }
        self.waiting[key] = []
        return true
    }

    /// Gives the key to the one who has waited longest.
    func leave(_ key: Key) {
        guard var queue = self.waiting[key] else { return }
        if queue.isEmpty {
            self.waiting[key] = nil
        } else {
            let next = queue.removeFirst()
            self.waiting[key] = queue
            next.resume()
        }
    }
}
