import Foundation
import JobModel
import Operations
import Simulator
import TestSupport
import Testing

@Suite("pull-message and restore-message on the whole road")
struct PullMessageTests {
    private static let mailboxes = (1...20).map { number in
        "user" + String(repeating: "0", count: 6 - String(number).count) + "\(number)@contoso.com"
    }

    /// The settings of a road whose mail jobs have an app registration of their own, and no other.
    private static func settings(_ road: Road) throws -> [String: String] {
        let secret = road.folder.appending(path: "mail-secret")
        try Data(Scenario.demoMailSecret.utf8).write(to: secret)
        return [
            "SLUICE_MICROSOFT_MAIL_CLIENT_ID": Scenario.demoMailClientID,
            "SLUICE_MICROSOFT_MAIL_CLIENT_SECRET_FILE": secret.path,
        ]
    }

    private static func submit(
        _ type: String,
        _ data: [String: Any],
        _ job: JobID,
        _ road: Road
    ) async throws {
        let members = data.merging(["reason": "phish", "requestedBy": "admin@contoso.com"]) { $1 }
        let text = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
        let submission = try await road.sluice([
            "submit", type, "--tenant", Scenario.contosoID, "--id", job.description, "--data", text, "--wait",
        ])
        #expect(await submission.status() == 0, "\(submission.output)")
    }

    private static func copies(_ news: JobNews) -> [String] {
        guard case .pulled(let moved) = news.kind else { return [] }
        return moved.copies.map(\.copyID)
    }

    @Test("A message is pulled out of twenty mailboxes and put back, item by item, and every copy is told once")
    func pullsAndRestores() async throws {
        try await Road.walk(.demo) { road in
            let changes = try Self.settings(road)
            let worker = try await road.sluice(["worker"], changes)
            let (pull, restore) = (JobID(UUID()), JobID(UUID()))
            let copies = road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID).copies
            let targets = Self.mailboxes.map { ["mailbox": $0] }
            try await Self.submit(
                "pull-message",
                ["internetMessageId": Scenario.demoMessageID, "targets": targets],
                pull,
                road
            )
            let pulled = road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID)
            #expect(pulled.folders == ["Sluice quarantine": copies], "\(worker.output)")
            try await road.expectWholeStory(of: pull)
            let told = road.news(of: pull).flatMap { Self.copies($0) }
            #expect(told.count == copies && Set(told).count == copies)
            try await Self.submit(
                "restore-message",
                ["pullJob": pull.description, "mailboxes": Self.mailboxes],
                restore,
                road
            )
            #expect(road.simulator.mailDifferences(tenant: Scenario.contosoID) == [], "\(worker.output)")
            try await road.expectWholeStory(of: restore)
            #expect(await road.simulator.violations().isEmpty)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }
}
