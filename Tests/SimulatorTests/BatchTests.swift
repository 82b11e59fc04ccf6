import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Batches of Graph requests")
struct BatchTests {
    private func folder(_ mail: MailClient, _ name: String) async throws -> JSONValue? {
        try await mail.call("GET", "mailFolders/\(name)").json["id"]
    }

    @Test("Twenty moves are twenty answers by id, in whatever order, and one HTTP request")
    func twenty() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            var requests: [JSONValue] = []
            for number in 1...20 {
                var one = mail
                one.owner = "user" + String(repeating: "0", count: number < 10 ? 5 : 4) + "\(number)@contoso.com"
                let id = try #require(try await one.find().first?["id"]?.text)
                requests.append(one.moveRequest("m\(number)", id, to: "archive"))
            }
            let answer = try await mail.batch(requests)
            #expect(answer.status == 200)
            #expect(answer.responses.count == 20)
            #expect(answer.responses.values.allSatisfy { $0["status"] == 201 })
            #expect(answer.responseOrder != (1...20).map { "m\($0)" })
            #expect(simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID).folders["Archive"] == 20)
            #expect(await simulator.requestCounts()["graph.batch"] == 1)
            #expect(await simulator.requestCounts()["graph.messages.move"] == nil)
            #expect(await simulator.journal(route: "graph.messages.move").allSatisfy(\.isBatchItem))
            #expect(await simulator.violations().isEmpty)
        }
    }

    @Test("A request has its own headers: without Prefer of its own an immutable id is malformed")
    func headers() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            let url = JSONValue.text("/users/\(mail.owner)/messages/\(id)")
            let answer = try await mail.call(
                "POST",
                simulator.addresses.graphURL + "/v1.0/$batch",
                body: [
                    "requests": [
                        ["id": "1", "method": "GET", "url": url],
                        ["id": "2", "method": "GET", "url": url, "headers": ["prefer": "IdType=\"ImmutableId\""]],
                        ["id": "3", "method": "PATCH", "url": url, "body": ["isRead": true]],
                    ]
                ],
                headers: MailClient.immutable
            )
            #expect(answer.responses["1"]?["status"] == 400)
            #expect(answer.responses["2"]?["status"] == 200)
            #expect(answer.responses["2"]?["body"]?["id"]?.text == id)
            #expect(answer.responses["3"]?["status"] == 400)
        }
    }

    @Test("A malformed batch is refused whole, one of more than twenty is reported too")
    func malformed() async throws {
        let plain: JSONValue = ["id": "1", "method": "GET", "url": "/users/x/messages"]
        func dependent(_ id: String, on other: JSONValue) -> JSONValue {
            ["id": .text(id), "method": "GET", "url": "/users/x/messages", "dependsOn": other]
        }
        let bad: [[JSONValue]] = [
            [], [plain, plain], [["id": "1", "url": "/users/x/messages"]],
            [["id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users"]],
            [plain, dependent("2", on: ["9"])],
            [plain, dependent("2", on: ["1"]), dependent("3", on: ["1", "2"])],
            [dependent("1", on: ["2"]), dependent("2", on: ["1"])],
            (1...21).map { ["id": .text("\($0)"), "method": "GET", "url": "/users/x/messages"] },
        ]
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            for requests in bad { #expect(try await mail.batch(requests).status == 400) }
            #expect(await simulator.violations().map(\.kind) == [.batchTooLarge])
        }
    }

    @Test("A chain stops where it fails: what depends on a failure answers 424 and does nothing")
    func chain() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            let answer = try await mail.batch([
                mail.moveRequest("1", id, to: "archive"),
                mail.moveRequest("2", id, to: "nowhere", dependsOn: ["1"]),
                mail.moveRequest("3", id, to: "junkemail", dependsOn: ["2"]),
            ])
            #expect(answer.responses["1"]?["status"] == 201)
            #expect(answer.responses["2"]?["status"] == 400)
            #expect(answer.responses["3"]?["status"] == 424)
            #expect(simulator.mailEffects().count == 1)
        }
    }

    @Test("One request is throttled inside a 200, with its own Retry-After; nothing else is")
    func innerThrottle() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            var fault = Fault(.throttle)
            fault.retryAfter = "60.128"
            var rule = FaultRule(route: "graph.messages.move", fault: fault)
            rule.mailbox = "USER000002@contoso.com"
            await simulator.add(rule)
            var requests: [JSONValue] = []
            for number in 1...3 {
                var one = mail
                one.owner = "user00000\(number)@contoso.com"
                let id = try #require(try await one.find().first?["id"]?.text)
                requests.append(one.moveRequest("\(number)", id, to: "archive"))
            }
            let answer = try await mail.batch(requests)
            #expect(answer.status == 200)
            #expect(answer.responses["1"]?["status"] == 201)
            #expect(answer.responses["2"]?["status"] == 429)
            #expect(answer.responses["2"]?["headers"]?["Retry-After"] == "60.128")
            #expect(answer.responses["3"]?["status"] == 201)
            _ = try await mail.batch([requests[1]])
            #expect(await simulator.violations().map(\.kind) == [.impatience])
        }
    }

    @Test(
        "Four calls at once are let into a mailbox; the fifth is refused, counted and reported; a batch keeps to four"
    )
    func concurrency() async throws {
        var scenario = Scenario.plainMail
        // Long enough for calls to meet, however busy the machine is.
        scenario.latencyMilliseconds = 1_500
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            let one = (1...9).map { number -> JSONValue in
                ["id": .text("\(number)"), "method": "GET", "url": .text("/users/\(mail.owner)/messages")]
            }
            let alone = try await mail.batch(one)
            #expect(alone.responses.values.allSatisfy { $0["status"] == 200 })
            #expect(await simulator.violations().isEmpty)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await mail.call("GET", "messages").status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
            }
            #expect(statuses == [200, 200, 200, 200, 429])
            #expect(await simulator.violations().map(\.kind) == [.mailboxConcurrency])
        }
    }

    @Test("A mailbox takes only so many calls in a window, the refused ones counted")
    func window() async throws {
        var scenario = Scenario.plainMail
        scenario.mailboxLimits.requests = 2
        scenario.mailboxLimits.retryAfter = nil
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            var answers: [TestClient.Answer] = []
            for _ in 0..<4 { answers.append(try await mail.call("GET", "messages")) }
            #expect(answers.map(\.status) == [200, 200, 429, 429])
            #expect(answers[2].graphCode == "ApplicationThrottled")
            #expect(answers[2].header("retry-after") == nil)
            #expect(await simulator.violations().map(\.kind) == [.mailboxFlood, .mailboxFlood])
            let other = try await MailClient(simulator, "user000002@contoso.com")
            #expect(try await other.call("GET", "messages").status == 200)
        }
    }
}
