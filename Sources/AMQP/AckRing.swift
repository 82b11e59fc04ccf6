/// A settlement as it is told to the broker.
struct Acknowledgement: Equatable {
    let tag: UInt64
    let settlement: Settlement
    /// Whether every older outstanding delivery of the channel is meant as well.
    let isMultiple: Bool
}

/// The outstanding deliveries of a channel, from the oldest on, and what is settled but not yet told.
///
/// Acknowledgements that follow one another without a gap become one frame: it is faster, and RabbitMQ drops single
/// ones of a quorum queue's channel that closes just then (rabbitmq/rabbitmq-server issue 10327).
struct AckRing {
    private enum Slot: Equatable {
        case outstanding
        case settled(Settlement)
        case told
    }

    private var slots: [Slot] = []
    private var head = 0
    /// The tag of `slots[head]`; the broker numbers deliveries of a channel from 1 without a gap.
    private var firstTag: UInt64 = 1
    private var pending: [UInt64] = []

    /// Deliveries the broker still counts as ours.
    private(set) var outstanding = 0
    /// Whether `flush` has anything to tell.
    var isDirty: Bool { !pending.isEmpty }

    /// Notes a delivery; false when its tag does not follow the last one.
    mutating func add(_ tag: UInt64) -> Bool {
        guard tag == firstTag + UInt64(slots.count - head) else { return false }
        slots.append(.outstanding)
        outstanding += 1
        return true
    }

    /// Notes a settlement; false, and no change, when the tag is not outstanding or settled already.
    @discardableResult
    mutating func settle(_ tag: UInt64, _ settlement: Settlement) -> Bool {
        guard let index = index(of: tag), slots[index] == .outstanding else { return false }
        slots[index] = .settled(settlement)
        pending.append(tag)
        outstanding -= 1
        return true
    }

    /// What to tell the broker now, in this order, with the fewest frames.
    mutating func flush() -> [Acknowledgement] {
        guard isDirty else { return [] }
        var frames: [Acknowledgement] = []
        if let last = passPrefix(&frames) {
            frames.append(Acknowledgement(tag: last.tag, settlement: .acknowledge, isMultiple: last.count > 1))
        }
        for tag in pending {
            guard let index = index(of: tag), case .settled(let settlement) = slots[index] else { continue }
            frames.append(Acknowledgement(tag: tag, settlement: settlement, isMultiple: false))
            slots[index] = .told
        }
        pending.removeAll(keepingCapacity: true)
        dropOldSlots()
        return frames
    }

    /// Moves the head over all that is settled; the newest acknowledged tag there stands for all of them.
    ///
    /// The others of the prefix are told singly first, so that they are settled when the multiple frame arrives.
    private mutating func passPrefix(_ frames: inout [Acknowledgement]) -> (tag: UInt64, count: Int)? {
        var last: (tag: UInt64, count: Int)?
        while head < slots.count {
            switch slots[head] {
            case .outstanding: return last
            case .told: break
            case .settled(.acknowledge): last = (firstTag, (last?.count ?? 0) + 1)
            case .settled(let other):
                frames.append(Acknowledgement(tag: firstTag, settlement: other, isMultiple: false))
            }
            head += 1
            firstTag += 1
        }
        return last
    }

    private func index(of tag: UInt64) -> Int? {
        guard tag >= firstTag, tag - firstTag < UInt64(slots.count - head) else { return nil }
        return head + Int(tag - firstTag)
    }

    /// Frees the passed slots once they are the larger part, so that the cost per delivery stays constant.
    private mutating func dropOldSlots() {
        guard head > 1024, head * 2 > slots.count else { return }
        slots.removeFirst(head)
        head = 0
    }
}
