import TestSupport
import Testing

@Suite("The fault proxy")
struct FaultProxyTests {
    private static let hello = Array("hello, echo".utf8)

    /// A proxy with an echo server behind it and one client in front.
    private struct Rig {
        let server: EchoServer
        let proxy: FaultProxy
        let client: EchoClient

        init() throws {
            self.server = try EchoServer()
            self.proxy = try FaultProxy(to: self.server.port, seed: 1)
            self.client = try #require(EchoClient(port: self.proxy.port))
        }

        /// Waits for so many bytes, or for the end.
        func receive(_ count: Int, from other: EchoClient? = nil) async throws -> (bytes: [UInt8], pieces: Int) {
            var bytes: [UInt8] = []
            var pieces = 0
            try await eventually("\(count) bytes") {
                if case .bytes(let more) = (other ?? self.client).look() {
                    bytes += more
                    pieces += 1
                }
                return bytes.count >= count
            }
            return (bytes, pieces)
        }

        /// Waits for how the client's connection ends.
        func ending() async throws -> EchoClient.Look {
            var look = EchoClient.Look.nothing
            try await eventually("the end") {
                look = self.client.look()
                return look == .end || look == .reset
            }
            return look
        }

        /// Sends a word and waits for its echo, so that the connection is known to stand.
        func warmUp() async throws {
            self.client.send(FaultProxyTests.hello)
            _ = try await self.receive(FaultProxyTests.hello.count)
        }
    }

    @Test("Without a fault everything passes, both ways, and ends pass too")
    func plain() async throws {
        let rig = try Rig()
        rig.client.send(Self.hello)
        #expect(try await rig.receive(Self.hello.count).bytes == Self.hello)
        #expect(rig.proxy.carried(.up) == Self.hello.count)
        #expect(rig.proxy.carried(.both) == 2 * Self.hello.count)
        rig.client.finish()
        #expect(try await rig.ending() == .end)
        try await eventually("no connection is left") { rig.proxy.connections == 0 }
    }

    @Test("Many bytes arrive whole and in order through slices and jitter")
    func whole() async throws {
        let rig = try Rig()
        rig.proxy.set(.slicer(bytes: 1_000, pause: .zero), .up)
        rig.proxy.set(.latency(.milliseconds(1), jitter: .milliseconds(2)), .down)
        let sent = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        // A window of what is on its way at most, as nobody reads while it is sent.
        var rest = sent[...]
        var received: [UInt8] = []
        try await eventually(within: .seconds(30), "all bytes") {
            rest = rest.dropFirst(max(0, rig.client.send(rest.prefix(16_384))))
            if case .bytes(let more) = rig.client.look() { received += more }
            return received.count == sent.count
        }
        #expect(received == sent)
    }

    @Test("Latency delays, and healing ends it")
    func latency() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.latency(.milliseconds(300), jitter: .zero), .down)
        let start = ContinuousClock.now
        try await rig.warmUp()
        #expect(start.duration(to: .now) >= .milliseconds(300))
    }

    @Test("A narrow line takes its time")
    func bandwidth() async throws {
        let rig = try Rig()
        rig.proxy.set(.bandwidth(bytesPerSecond: 20_000), .up)
        let start = ContinuousClock.now
        rig.client.send([UInt8](repeating: 1, count: 10_000))
        _ = try await rig.receive(10_000)
        #expect(start.duration(to: .now) >= .milliseconds(400))
    }

    @Test("Slices arrive in pieces")
    func slicer() async throws {
        let rig = try Rig()
        rig.proxy.set(.slicer(bytes: 2, pause: .milliseconds(20)), .down)
        rig.client.send(Self.hello)
        let (bytes, pieces) = try await rig.receive(Self.hello.count)
        #expect(bytes == Self.hello)
        #expect(pieces >= 3)
    }

    @Test("A reset is a reset, strikes once, and the next connection is welcome")
    func reset() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.resetPeer)
        #expect(try await rig.ending() == .reset)
        let next = try #require(EchoClient(port: rig.proxy.port))
        next.send(Self.hello)
        #expect(try await rig.receive(Self.hello.count, from: next).bytes == Self.hello)
    }

    @Test("A fault at the n-th byte lets exactly n bytes through")
    func atByte() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.resetPeer, .up, .afterBytes(4))
        rig.client.send(Self.hello)
        #expect(try await rig.ending() == .reset)
        #expect(rig.proxy.carried(.up) == Self.hello.count + 4)
    }

    @Test("A fault after a time waits for it, whether bytes come or not")
    func afterTime() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        let start = ContinuousClock.now
        rig.proxy.set(.resetPeer, .both, .after(.milliseconds(200)))
        #expect(try await rig.ending() == .reset)
        #expect(start.duration(to: .now) >= .milliseconds(200))
    }

    @Test("A half-open connection is silent and open, and goes on once healed, without a loss")
    func halfOpen() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.timeout)
        rig.client.send(Self.hello)
        try await never(within: .milliseconds(200), "an answer") { rig.client.look() != .nothing }
        rig.proxy.heal()
        #expect(try await rig.receive(Self.hello.count).bytes == Self.hello)
    }

    @Test("What is dropped one way arrives the other, and healing resets the torn stream")
    func drop() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.drop, .down)
        rig.client.send(Self.hello)
        try await eventually("the way up") { rig.proxy.carried(.up) == 2 * Self.hello.count }
        try await never(within: .milliseconds(200), "an answer") { rig.client.look() != .nothing }
        rig.proxy.heal()
        #expect(try await rig.ending() == .reset)
    }

    @Test("A limit ends each connection after its bytes")
    func limit() async throws {
        let rig = try Rig()
        rig.proxy.set(.limitData(bytes: 5), .down)
        for _ in 0..<2 {
            let client = try #require(EchoClient(port: rig.proxy.port))
            client.send(Self.hello)
            #expect(try await rig.receive(5, from: client).bytes == Array(Self.hello.prefix(5)))
            try await eventually("its end") { [.end, .reset].contains(client.look()) }
        }
    }

    @Test("An end is passed on late when asked for")
    func slowClose() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.slowClose(.milliseconds(200)), .up)
        let start = ContinuousClock.now
        rig.client.finish()
        #expect(try await rig.ending() == .end)
        #expect(start.duration(to: .now) >= .milliseconds(200))
    }

    @Test("While it is down it resets the old and refuses the new, and comes back on the same port")
    func down() async throws {
        let rig = try Rig()
        try await rig.warmUp()
        rig.proxy.set(.down)
        #expect(try await rig.ending() == .reset)
        #expect(EchoClient(port: rig.proxy.port) == nil)
        rig.proxy.heal()
        let next = try #require(EchoClient(port: rig.proxy.port))
        next.send(Self.hello)
        #expect(try await rig.receive(Self.hello.count, from: next).bytes == Self.hello)
    }
}
