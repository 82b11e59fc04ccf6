import Foundation
import JobModel
import Operations
import Testing

@Suite("The jobs of a campaign")
struct CampaignPlanTests {
    private static let tenant = TenantID(UUID())
    private static let data = Array(
        #"{"internetMessageId":"<a@b>","reason":"phish","requestedBy":"admin@contoso.com","targets":[1]}"#.utf8
    )

    private func list(_ count: Int, _ more: String = "") throws -> CampaignList {
        let lines = (0..<count).map { "user\($0)@contoso.com,\n" }.joined()
        return try CampaignList(Array(("mailbox,internetMessageId\n" + lines + more).utf8))
    }

    private func pull(_ list: CampaignList, campaign: String = "c1", data: [UInt8] = data) throws -> CampaignPlan {
        try CampaignPlan(
            pulling: list,
            campaign: campaign,
            type: .pullMessage,
            tenant: Self.tenant,
            data: data
        )
    }

    @Test("Any number of mailboxes becomes jobs of a thousand, each mailbox once and in order")
    func parts() throws {
        let plan = try pull(list(2_500))
        #expect(plan.jobs.map(\.targets) == [1_000, 1_000, 500])
        #expect(plan.targets == 2_500)
        let mailboxes = try plan.jobs.flatMap { job in
            try PullMessage(data: job.data).targets.map(\.mailbox)
        }
        #expect(mailboxes == (0..<2_500).map { "user\($0)@contoso.com" })
        #expect(try PullMessage(data: plan.jobs[0].data).campaign == "c1")
    }

    @Test("A message of its own makes a job of its own")
    func messages() throws {
        let plan = try pull(list(2, "a@contoso.com,<other@x>\nuser0@contoso.com,<other@x>\n"))
        #expect(plan.jobs.map(\.targets) == [2, 2])
        #expect(try PullMessage(data: plan.jobs[1].data).internetMessageID == "<other@x>")
    }

    @Test("The same campaign has the same ids, and any difference others")
    func ids() throws {
        let first = try pull(list(1_500))
        #expect(try pull(list(1_500)).jobs.map(\.id) == first.jobs.map(\.id))
        #expect(try pull(list(1_500)).digest == first.digest)
        let other = try [pull(list(1_500), campaign: "c2"), pull(list(1_499))]
        let restored = try CampaignPlan(
            restoring: list(1_500),
            campaign: "c1",
            type: .restoreMessage,
            tenant: Self.tenant,
            data: Self.data
        )
        #expect(Set((other + [restored]).map(\.digest) + [first.digest]).count == 4)
        #expect(Set(first.jobs.map(\.id) + restored.jobs.map(\.id)).count == 4)
        for id in first.jobs.map(\.id.description) {
            #expect(Array(id)[14] == "8" && "89ab".contains(Array(id)[19]))
        }
    }

    @Test("A restore names each mailbox once, whatever was pulled from it")
    func restore() throws {
        let plan = try CampaignPlan(
            restoring: list(2, "USER0@contoso.com,<other@x>\n"),
            campaign: "c1",
            type: .restoreMessage,
            tenant: Self.tenant,
            data: Self.data
        )
        let payload = try RestoreMessage(data: try #require(plan.jobs.first).data)
        #expect(payload.mailboxes == ["user0@contoso.com", "user1@contoso.com"])
        #expect(payload.selector == .campaign("c1"))
    }

    @Test("What a job would be refused for is said before anything is sent")
    func refused() throws {
        let cases = [
            ("{}", "internetMessageId is missing"), ("[]", "not a JSON object"),
            (#"{"internetMessageId":"a@b","reason":"r","requestedBy":"a@b.example"}"#, "angle brackets"),
            (#"{"internetMessageId":"<a@b>"}"#, "reason"),
        ]
        for (data, words) in cases {
            let error = #expect(throws: CampaignError.self) { try pull(list(1), data: Array(data.utf8)) }
            #expect(error?.code == .job)
            #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
        }
        #expect(throws: CampaignError.self) { try pull(list(1), campaign: "no blanks") }
    }
}
