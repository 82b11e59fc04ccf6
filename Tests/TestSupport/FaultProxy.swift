import Foundation
import Glibc
import Synchronization

/// A TCP proxy on the loopback interface that breaks connections as a bad network does, when it is told to.
///
/// ```swift
/// let proxy = try FaultProxy(to: 5672, seed: 1)
/// // … connect to 127.0.0.1 at proxy.port …
/// proxy.set(.resetPeer, .up, .afterBytes(1_000))       // once: all open connections are reset then
/// proxy.set(.drop, .down)                              // until healed: what the target says is lost
/// proxy.heal()
/// ```
///
/// Ends with its last reference: open connections are reset then.
package final class FaultProxy: Sendable {
    /// Where it listens.
    package let port: Int
    private let core: FaultProxyCore

    /// Listens on a free port and forwards to a port of the loopback interface; the seed decides jitter.
    package init(to target: Int, seed: UInt64) throws {
        let (listener, port) = try FaultProxySocket.bound()
        self.port = Int(port)
        self.core = FaultProxyCore(listener: listener, target: UInt16(target), seed: seed)
        Thread.detachNewThread { [core = self.core] in core.run() }
    }

    /// Adds a fault to those in force.
    package func set(_ fault: ProxyFault, _ direction: ProxyDirection, _ moment: ProxyMoment) {
        self.core.change { rules, now in rules.add(fault, direction, moment, at: now) }
    }

    /// Adds a fault that holds at once.
    package func set(_ fault: ProxyFault, _ direction: ProxyDirection) { self.set(fault, direction, .now) }

    /// Adds a fault that holds at once and both ways.
    package func set(_ fault: ProxyFault) { self.set(fault, .both, .now) }

    /// Forgets all faults; connections that lost bytes are reset, all others go on.
    package func heal() {
        self.core.change { rules, _ in
            rules.clear()
            return false
        }
        self.core.cutHoles()
    }

    /// How many connections are open.
    package var connections: Int { self.core.connections }

    /// How many bytes have arrived on the other side, over all connections.
    package func carried(_ direction: ProxyDirection) -> Int { self.core.carried(direction) }

    /// Resets what is open and ends.
    package func stop() { self.core.stop() }

    deinit { self.core.stop() }
}

/// What the threads of a proxy share.
private final class FaultProxyCore: Sendable {
    private struct State {
        var rules: FaultProxyRules
        var links: [ObjectIdentifier: FaultProxyLink] = [:]
        var carriedUp = 0
        var carriedDown = 0
        var isListening = true
        var isStopped = false

        mutating func cutAll() { for link in self.links.values { link.cut(isReset: true) } }
    }

    private let listener: Int32
    private let target: UInt16
    private let wakeUp = FaultProxyWakeUp()
    private let state: Mutex<State>

    init(listener: Int32, target: UInt16, seed: UInt64) {
        self.listener = listener
        self.target = target
        self.state = Mutex(State(rules: FaultProxyRules(seed: seed)))
        FaultProxySocket.listen(listener, true)
    }

    var connections: Int { self.state.withLock { $0.links.count } }

    func carried(_ direction: ProxyDirection) -> Int {
        self.state.withLock { state in
            (direction == .down ? 0 : state.carriedUp) + (direction == .up ? 0 : state.carriedDown)
        }
    }

    func change(_ body: (inout FaultProxyRules, ContinuousClock.Instant) -> Bool) {
        self.state.withLock { state in
            guard !state.isStopped else { return }
            if body(&state.rules, .now) { state.cutAll() }
            self.openOrClose(&state)
            self.wakeUp.raise()
        }
    }

    func cutHoles() {
        self.state.withLock { state in
            for link in state.links.values where link.hasHole { link.cut(isReset: true) }
        }
    }

    func stop() {
        self.state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            state.cutAll()
            self.wakeUp.raise()
        }
    }

    /// The thread that accepts, and that begins faults whose time has come.
    func run() {
        while let (isListening, due) = self.turn() {
            let patience = due.map { ContinuousClock.now.duration(to: $0) }
            let listener = isListening ? self.listener : -1
            FaultProxySocket.wait([(listener, POLLIN), (self.wakeUp.descriptor, POLLIN)], atMost: patience)
            self.wakeUp.lower()
            if isListening, let client = FaultProxySocket.accept(self.listener) { self.forward(client) }
        }
        close(self.listener)
        self.wakeUp.end()
    }

    private func turn() -> (isListening: Bool, due: ContinuousClock.Instant?)? {
        self.state.withLock { state in
            guard !state.isStopped else { return nil }
            if state.rules.advance(to: .now) { state.cutAll() }
            self.openOrClose(&state)
            return (state.isListening, state.rules.nextDue)
        }
    }

    private func openOrClose(_ state: inout State) {
        guard state.isListening == state.rules.isDown else { return }
        state.isListening.toggle()
        FaultProxySocket.listen(self.listener, state.isListening)
    }

    private func forward(_ client: Int32) {
        guard let target = FaultProxySocket.connect(port: self.target) else {
            return FaultProxySocket.closeHard(client)
        }
        let link = FaultProxyLink(client: client, target: target)
        self.state.withLock { state in
            state.links[ObjectIdentifier(link)] = link
            if state.rules.isDown || state.isStopped { link.cut(isReset: true) }
        }
        for direction in [ProxyDirection.up, .down] {
            Thread.detachNewThread { [self] in
                self.pump(link, direction)
                if link.leave() { self.state.withLock { _ = $0.links.removeValue(forKey: ObjectIdentifier(link)) } }
            }
        }
    }

    /// The thread of one way of one connection.
    private func pump(_ link: FaultProxyLink, _ direction: ProxyDirection) {
        var buffer = [UInt8](repeating: 0, count: Self.readBytes)
        var carried = 0
        while let count = link.read(direction, into: &buffer) {
            guard count > 0 else { return self.end(link, direction) }
            guard self.pass(buffer[..<count], link, direction, &carried) else { return link.cut(isReset: true) }
        }
        link.cut(isReset: true)
    }

    /// Passes bytes on as the faults allow; false when the connection is over.
    private func pass(
        _ bytes: ArraySlice<UInt8>,
        _ link: FaultProxyLink,
        _ direction: ProxyDirection,
        _ carried: inout Int
    ) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let passage = self.state.withLock {
                $0.rules.passage(direction, offered: rest.count, carried: carried)
            }
            guard link.pause(passage.wait) else { return false }
            let piece = rest.prefix(passage.bytes)
            if passage.isSwallowed {
                link.noteHole()
            } else {
                guard link.write(direction, piece) else { return false }
            }
            rest = rest.dropFirst(piece.count)
            carried += piece.count
            self.count(piece.count, direction, isSwallowed: passage.isSwallowed)
            if passage.isLast {
                link.cut(isReset: false)
                return true
            }
            guard link.pause(piece.isEmpty ? Self.lookAgain : passage.pause) else { return false }
        }
        return true
    }

    private func count(_ bytes: Int, _ direction: ProxyDirection, isSwallowed: Bool) {
        guard bytes > 0 else { return }
        self.state.withLock { state in
            if !isSwallowed, direction == .up { state.carriedUp += bytes }
            if !isSwallowed, direction == .down { state.carriedDown += bytes }
            guard state.rules.count(bytes, direction), !state.isStopped else { return }
            state.cutAll()
            self.openOrClose(&state)
            self.wakeUp.raise()
        }
    }

    /// Passes the end of a stream on once the faults allow it.
    private func end(_ link: FaultProxyLink, _ direction: ProxyDirection) {
        while true {
            let farewell = self.state.withLock { $0.rules.farewell(direction) }
            guard link.pause(farewell ?? Self.lookAgain) else { return }
            if farewell != nil { return link.end(direction) }
        }
    }

    private static let readBytes = 64 << 10
    /// How soon a connection that stands still looks whether it was healed.
    private static let lookAgain = Duration.milliseconds(10)
}
