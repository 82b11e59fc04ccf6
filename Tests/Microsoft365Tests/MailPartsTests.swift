import Foundation
import NIOHTTP1
import Testing

@testable import Microsoft365

@Suite("Calls on mailboxes, before they are sent and after")
struct MailPartsTests {
    private static let start = ContinuousClock.now

    private static func request(_ mailbox: String? = "m", _ method: HTTPMethod = .GET) -> MailRequest {
        MailRequest(operation: "mail.find", mailbox: mailbox, method: method, path: "/users/m/messages")
    }

    private static func outcomes(_ json: String, _ requests: [MailRequest]) -> [Result<MailReply, Microsoft365Error>] {
        MailBatch(requests: requests).outcomes(
            in: JSONValue(parsing: Data(json.utf8)) ?? .null,
            requestID: "outer",
            tenant: UUID(),
            now: Date()
        )
    }

    @Test(
        "A message id survives its way into an address",
        arguments: [
            ("<a+b@x>", "%3Ca%2Bb%40x%3E"), ("<o'hara@x>", "%3Co%27%27hara%40x%3E"),
            ("<a&b#c%d=e/f?g@x>", "%3Ca%26b%23c%25d%3De%2Ff%3Fg%40x%3E"),
            ("<ü@x>", "%3C%C3%BC%40x%3E"), ("<a<b@x>", "%3Ca%3Cb%40x%3E"),
        ]
    )
    func encodes(id: String, encoded: String) {
        let query = MailText.query([("$filter", "internetMessageId eq \(MailText.quoted(id))")])
        #expect(query == "?$filter=internetMessageId%20eq%20%27\(encoded)%27")
    }

    @Test("Every entry asks for immutable ids itself, and has a content type when it has a body")
    func writesEntries() {
        var move = Self.request("m", .POST)
        move.body = .object(["destinationId": "f"])
        move.ifMatch = "W/\"1\""
        let entry = move.entry(id: "3")
        #expect(entry["headers"]["Prefer"].string == "IdType=\"ImmutableId\"")
        #expect(entry["headers"]["Content-Type"].string == "application/json")
        #expect(entry["headers"]["If-Match"].string == "W/\"1\"")
        #expect(Self.request().entry(id: "1")["headers"]["Content-Type"] == .null)
    }

    @Test("Answers are matched by id in any order; a missing one leaves a write in doubt and a read to be repeated")
    func matchesAnswers() throws {
        let json = #"{"responses":[{"id":"2","status":200,"body":{"x":2}},{"id":0,"status":200,"body":{"x":0}}]}"#
        let outcomes = Self.outcomes(json, [Self.request(), Self.request("m", .POST), Self.request(), Self.request()])
        #expect(try outcomes[0].get().body["x"].integer == 0)
        #expect(try outcomes[2].get().body["x"].integer == 2)
        #expect(try outcomes[2].get().evidence.requestID == "outer")
        #expect(throws: Microsoft365Error.self) { try outcomes[1].get() }
        func code(_ index: Int) -> Microsoft365Error.Code? {
            if case .failure(let error) = outcomes[index] { error.code } else { nil }
        }
        #expect(code(1) == .interrupted && code(3) == .unavailable)
    }

    @Test(
        "A pause is read in every form",
        arguments: [
            (#""2.128""#, Duration.milliseconds(2_128) as Duration?), ("3", .seconds(3)), ("0.5", .milliseconds(500)),
            (#""soon""#, nil),
        ]
    )
    func readsPauses(value: String, pause: Duration?) {
        let json =
            #"{"responses":[{"id":"0","status":429,"headers":{"Retry-After":\#(value)},"body":{"error":{"code":"ApplicationThrottled"}}}]}"#
        guard case .failure(let error) = Self.outcomes(json, [Self.request()])[0] else { return #expect(Bool(false)) }
        #expect(error.code == .throttled && error.retryAfter == pause && error.serviceCode == "ApplicationThrottled")
    }

    @Test(
        "Only what may be repeated is: reads, and calls that were refused before anything was done",
        arguments: [
            (Microsoft365Error.Code.throttled, true, true), (.throttled, false, true), (.unavailable, false, true),
            (.unreachable, true, true), (.interrupted, true, false), (.malformedAnswer, true, false),
            (.malformedAnswer, false, true), (.notFound, false, false), (.forbidden, false, false),
            (.unauthorized, true, true),
        ]
    )
    func repeats(code: Microsoft365Error.Code, isWrite: Bool, isRepeated: Bool) {
        let error = Microsoft365Error(code, operation: "mail.move", isWrite: isWrite)
        let patience = MailPatience.standard
        #expect((patience.pause(after: error, attempts: 1, jitter: 1) != nil) == isRepeated)
        #expect(patience.pause(after: error, attempts: 100, jitter: 1) == nil)
    }

    @Test("A pause is the service's, unless it is too long to be waited for; a damaged item is not asked for again")
    func boundsPauses() {
        let patience = MailPatience.standard
        func error(_ pause: Duration?, _ code: String? = nil) -> Microsoft365Error {
            Microsoft365Error(.throttled, operation: "o", serviceCode: code, retryAfter: pause)
        }
        #expect(patience.pause(after: error(.seconds(7)), attempts: 1, jitter: 0) == .seconds(7))
        #expect(patience.pause(after: error(.seconds(31)), attempts: 1, jitter: 0) == nil)
        #expect(patience.pause(after: error(nil), attempts: 2, jitter: 0) == .milliseconds(500))
        #expect(patience.pause(after: error(nil), attempts: 2, jitter: 1) == .seconds(1))
        #expect(patience.pause(after: error(nil, "ErrorCorruptData"), attempts: 1, jitter: 0) == nil)
    }

    @Test("A batch holds twenty calls, passes busy mailboxes over, and leaves what is to come later")
    func fillsBatches() {
        var queue = MailQueue()
        for number in 0..<25 {
            queue.add(MailQueue.Item(number: number, request: Self.request("m\(number % 24)"), ready: Self.start))
        }
        queue.add(MailQueue.Item(number: 99, request: Self.request("late"), ready: Self.start + .seconds(1)))
        #expect(queue.isFull(at: Self.start))
        let first = queue.take(at: Self.start) { $0.mailbox != "m3" }
        #expect(first.map(\.number) == Array(0...2) + Array(4...20))
        #expect(queue.take(at: Self.start) { _ in true }.map(\.number) == [3, 21, 22, 23, 24])
        #expect(queue.take(at: Self.start) { _ in true }.isEmpty)
        #expect(queue.next == Self.start + .seconds(1))
    }

    @Test("Mailboxes that held a batch up travel in small batches, then alone, until they are quick again")
    func separatesTheSlow() {
        var queue = MailQueue()
        func fill() {
            for number in 0..<8 {
                queue.add(MailQueue.Item(number: number, request: Self.request("m\(number)"), ready: Self.start))
            }
        }
        fill()
        let all = queue.take(at: Self.start) { _ in true }
        queue.judge(all, wasSlow: true)
        fill()
        let five = queue.take(at: Self.start) { _ in true }
        #expect(five.count == MailQueue.suspectsMax)
        queue.judge(five, wasSlow: true)
        queue.judge(queue.take(at: Self.start) { _ in true }, wasSlow: false)
        fill()
        #expect(queue.take(at: Self.start) { _ in true }.map(\.number) == [0])
        #expect(queue.take(at: Self.start) { _ in true }.map(\.number) == [1])
        _ = (2...4).map { _ in queue.take(at: Self.start) { _ in true } }
        #expect(queue.take(at: Self.start) { _ in true }.map(\.number) == [5, 6, 7])
    }

    @Test("A mailbox has four calls at once and 3,200 in a window; other mailboxes and tenants have their own")
    func boundsMailboxes() {
        let (traffic, tenant) = (MailTraffic(), UUID())
        var granted = 0
        for _ in 0..<5 where traffic.begin("m", of: tenant, at: Self.start) { granted += 1 }
        #expect(granted == MailboxBudgets.callsMax)
        #expect(traffic.begin("n", of: tenant, at: Self.start) && traffic.begin("m", of: UUID(), at: Self.start))
        for _ in granted..<MailboxBudgets.windowCallsMax {
            traffic.end("m", of: tenant)
            #expect(traffic.begin("m", of: tenant, at: Self.start))
        }
        traffic.end("m", of: tenant)
        #expect(!traffic.begin("m", of: tenant, at: Self.start + .seconds(299)))
        #expect(traffic.begin("m", of: tenant, at: Self.start + .seconds(301)))
    }

    @Test("A mailbox that the service wants left alone is, whatever waits for it; others are not")
    func restsMailboxes() {
        let (traffic, tenant) = (MailTraffic(), UUID())
        let end = Self.start + .seconds(3)
        #expect(traffic.begin("m", of: tenant, at: Self.start))
        traffic.rest("m", of: tenant, until: end)
        traffic.rest("m", of: tenant, until: Self.start + .seconds(1))
        #expect(traffic.restEnd(of: "m", of: tenant) == end)
        #expect(!traffic.begin("m", of: tenant, at: Self.start + .seconds(2)))
        #expect(traffic.begin("n", of: tenant, at: Self.start) && traffic.begin("m", of: tenant, at: end))
        var queue = MailQueue()
        for (number, mailbox) in ["m", "n", "m"].enumerated() {
            queue.add(MailQueue.Item(number: number, request: Self.request(mailbox), ready: Self.start))
        }
        queue.rest("m", until: end)
        #expect(queue.take(at: Self.start) { _ in true }.map(\.number) == [1])
        #expect(queue.next == end)
        #expect(queue.take(at: end) { _ in true }.map(\.number) == [0, 2])
    }

    @Test("However many mailboxes are called, a call looks at two at most, and those called little are forgotten")
    func forgetsMailboxes() {
        let tenant = UUID()
        var budgets = MailboxBudgets()
        func key(_ number: Int) -> MailboxBudgets.Key { MailboxBudgets.Key(tenant: tenant, mailbox: "m\(number)") }
        for number in 0..<30_000 {
            let now = Self.start + .milliseconds(number)
            _ = budgets.begin(key(number), at: now)
            if number > 0 { budgets.end(key(number)) }
            budgets.rest(key(1), until: Self.start + .seconds(60))
        }
        #expect(budgets.looks <= 60_000)
        // Those of the last ten seconds, the one in which a call is under way, and the one at rest.
        #expect(budgets.count == 10_002)
    }

    @Test("A mailbox that is called often is not forgotten before its window is over, whatever goes on beside it")
    func remembersBusyMailboxes() {
        let (busy, tenant) = ("busy", UUID())
        var budgets = MailboxBudgets()
        func calls(_ mailbox: String, _ wanted: Int, at second: Double) -> Int {
            let key = MailboxBudgets.Key(tenant: tenant, mailbox: mailbox)
            return (0..<wanted).count { _ in
                guard budgets.begin(key, at: Self.start + .seconds(second)) else { return false }
                budgets.end(key)
                return true
            }
        }
        #expect(calls(busy, MailboxBudgets.fewCalls + 1, at: 0) == MailboxBudgets.fewCalls + 1)
        for second in 1..<299 { #expect(calls("other", 3, at: Double(second)) == 3) }
        let rest = MailboxBudgets.windowCallsMax - MailboxBudgets.fewCalls - 1
        #expect(calls(busy, 10_000, at: 299) == rest)
        #expect(calls(busy, 10_000, at: 300) == MailboxBudgets.windowCallsMax)
    }

    @Test(
        "Whatever is wanted of a mailbox, within any ten minutes it is called 10,000 times at most",
        arguments: [[5_000], [1], [10, 0, 0, 0, 5_000], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5_000, 0, 0], [30]]
    )
    func keepsToTheLimit(wanted: [Int]) {
        let key = MailboxBudgets.Key(tenant: UUID(), mailbox: "m")
        for offset in stride(from: 0, through: 310, by: 31) {
            var budgets = MailboxBudgets()
            var granted: [Int] = []
            for second in 0..<2_000 {
                // A trickle first, then as the pattern says: the worst is a burst at the end of one window and the next.
                let now = Self.start + .seconds(second)
                let wish = second < offset ? second % 10 == 0 ? 10 : 0 : wanted[second % wanted.count]
                var calls = 0
                // Once it is refused it is for as long as the moment lasts.
                while calls < wish, budgets.begin(key, at: now) {
                    budgets.end(key)
                    calls += 1
                }
                granted.append(calls)
            }
            var sum = granted.prefix(600).reduce(0, +)
            var most = sum
            for second in 600..<granted.count {
                sum += granted[second] - granted[second - 600]
                most = max(most, sum)
            }
            #expect(most <= 10_000)
        }
    }

    @Test("A tenant's pace grows while all goes well, halves when it is too much, and rests when it is asked to")
    func adapts() {
        let (traffic, tenant) = (MailTraffic(), UUID())
        func batch(_ manners: MailManners) {
            #expect(traffic.beginBatch(of: tenant, at: Self.start) == nil)
            traffic.endBatch(of: tenant, as: manners, at: Self.start)
        }
        for _ in 0..<100 { batch(.fine) }
        #expect(traffic.batchesLimit(of: tenant) == MailTraffic.batchesMax)
        batch(.tooMuch(pause: nil))
        #expect(traffic.batchesLimit(of: tenant) == MailTraffic.batchesMax / 2)
        batch(.tooMuch(pause: .seconds(2)))
        #expect(traffic.beginBatch(of: tenant, at: Self.start + .seconds(1)) == .seconds(1))
        #expect(traffic.beginBatch(of: tenant, at: Self.start + .seconds(2)) == nil)
        #expect(MailManners(throttled: 0, of: 20) == .fine && MailManners(throttled: 5, of: 20) == .neutral)
        #expect(MailManners(throttled: 6, of: 20) == .tooMuch(pause: nil))
    }
}
