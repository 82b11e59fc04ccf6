import Synchronization

/// Counts how many things come at once: frames with one read of a pipe, deliveries with one turn of a connection.
final class BatchCount: Sendable {
    private let batches = Atomic(0)
    private let items = Atomic(0)

    /// How many batches there were, and how many things they held.
    var figures: (batches: Int, items: Int) {
        (self.batches.load(ordering: .relaxed), self.items.load(ordering: .relaxed))
    }

    /// Notes things that came in so many batches.
    func add(_ items: Int, batches: Int = 1) {
        self.batches.add(batches, ordering: .relaxed)
        self.items.add(items, ordering: .relaxed)
    }
}
