/// The faults in force, and what they mean for the next bytes: pure, so that tables can test it.
struct FaultProxyRules: Sendable {
    /// What happens to bytes that want to pass.
    struct Passage: Equatable {
        /// How many of the offered bytes go now; 0 when all have to wait.
        var bytes: Int
        /// How long they wait before they go.
        var wait: Duration = .zero
        /// How long nothing follows them.
        var pause: Duration = .zero
        /// Whether they vanish instead.
        var isSwallowed = false
        /// Whether the connection ends after them.
        var isLast = false
    }

    private struct Rule {
        let fault: ProxyFault
        let direction: ProxyDirection
        var bytesLeft: Int?
        var due: ContinuousClock.Instant?

        var isActive: Bool { self.bytesLeft == nil && self.due == nil }
    }

    private var rules: [Rule] = []
    private var numbers: SeededNumbers

    init(seed: UInt64) { self.numbers = SeededNumbers(seed: seed) }

    /// Adds a fault; true when the open connections are to be reset for it.
    mutating func add(
        _ fault: ProxyFault,
        _ direction: ProxyDirection,
        _ moment: ProxyMoment,
        at now: ContinuousClock.Instant
    ) -> Bool {
        var rule = Rule(fault: fault, direction: direction)
        switch moment {
        case .now: break
        case .afterBytes(let bytes): rule.bytesLeft = bytes > 0 ? bytes : nil
        case .after(let time): rule.due = now + time
        }
        self.rules.append(rule)
        return rule.isActive && self.begin(fault)
    }

    /// Forgets all faults.
    mutating func clear() { self.rules = [] }

    /// Whether new connections are refused.
    var isDown: Bool { self.rules.contains { $0.isActive && $0.fault == .down } }

    /// When the next fault begins by time.
    var nextDue: ContinuousClock.Instant? { self.rules.compactMap(\.due).min() }

    /// Begins what is due; true when the open connections are to be reset.
    mutating func advance(to now: ContinuousClock.Instant) -> Bool {
        var resets = false
        for index in self.rules.indices {
            guard let due = self.rules[index].due, due <= now else { continue }
            self.rules[index].due = nil
            resets = self.resets(self.rules[index].fault) || resets
        }
        self.rules.removeAll { $0.isActive && $0.fault == .resetPeer }
        return resets
    }

    /// Counts bytes that have passed; true when the open connections are to be reset.
    mutating func count(_ bytes: Int, _ direction: ProxyDirection) -> Bool {
        var resets = false
        for index in self.rules.indices where self.rules[index].direction.covers(direction) {
            guard let left = self.rules[index].bytesLeft else { continue }
            self.rules[index].bytesLeft = left > bytes ? left - bytes : nil
            resets = (left <= bytes && self.resets(self.rules[index].fault)) || resets
        }
        self.rules.removeAll { $0.isActive && $0.fault == .resetPeer }
        return resets
    }

    /// What happens to the next bytes of a connection that has carried `carried` bytes that way.
    mutating func passage(_ direction: ProxyDirection, offered: Int, carried: Int) -> Passage {
        var passage = Passage(bytes: offered)
        for rule in self.rules where rule.direction.covers(direction) {
            if let left = rule.bytesLeft { passage.bytes = min(passage.bytes, left) }
            if rule.isActive { self.apply(rule.fault, to: &passage, carried: carried) }
        }
        return passage
    }

    /// How long the end of a stream is held back; nil while it may not pass at all.
    func farewell(_ direction: ProxyDirection) -> Duration? {
        var delay = Duration.zero
        for rule in self.rules where rule.isActive && rule.direction.covers(direction) {
            switch rule.fault {
            case .timeout, .drop: return nil
            case .slowClose(let time): delay = max(delay, time)
            case .latency(let time, _): delay = max(delay, time)
            case .bandwidth, .slicer, .limitData, .resetPeer, .down: break
            }
        }
        return delay
    }

    private mutating func apply(_ fault: ProxyFault, to passage: inout Passage, carried: Int) {
        switch fault {
        case .latency(let time, let jitter):
            passage.wait += time + jitter * Double.random(in: 0...1, using: &self.numbers)
        case .bandwidth(let rate):
            passage.bytes = min(passage.bytes, max(1, rate / Self.piecesPerSecond))
            passage.pause = max(passage.pause, .seconds(Double(passage.bytes) / Double(max(1, rate))))
        case .slicer(let bytes, let pause):
            passage.bytes = min(passage.bytes, max(1, bytes))
            passage.pause = max(passage.pause, pause)
        case .timeout: passage.bytes = 0
        case .drop: passage.isSwallowed = true
        case .limitData(let bytes):
            passage.bytes = min(passage.bytes, max(0, bytes - carried))
            passage.isLast = carried + passage.bytes >= bytes
        case .slowClose, .resetPeer, .down: break
        }
    }

    private mutating func begin(_ fault: ProxyFault) -> Bool {
        self.rules.removeAll { $0.isActive && $0.fault == .resetPeer }
        return self.resets(fault)
    }

    private func resets(_ fault: ProxyFault) -> Bool { fault == .resetPeer || fault == .down }

    /// How finely a narrow line is played.
    private static let piecesPerSecond = 50
}
