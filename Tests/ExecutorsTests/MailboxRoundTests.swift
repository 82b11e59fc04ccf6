import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("One attempt at all mailboxes of a job")
struct MailboxRoundTests {
    /// So long the others are given on a machine however busy; over it the one they depend on ends unsettled.
    private static let time: Duration = .seconds(40)

    @Test("A mailbox that ends only after all others have ended keeps its place from none of them")
    func holdsUpNobody() async throws {
        let targets = (0..<20).map { MailboxTarget(index: $0, mailbox: "\($0)", userID: "\($0)") }
        try await MailBench.with(members: 1) { bench in
            let (ends, ended) = AsyncStream.makeStream(of: Int.self)
            let context = try bench.context(job: JobID(UUID()))
            let tenant = bench.settings.tenant(of: context)
            let tally = MessageTally<PullDisposition>(
                MessageTally.Job(
                    context: context,
                    mailboxes: targets.map(\.mailbox),
                    campaign: nil,
                    event: .messagePulled,
                    moved: []
                ),
                memo: MessageMemo(),
                every: .seconds(5)
            )
            let mail = tenant.mail(traffic: bench.settings.mailboxes.traffic, patience: .standard, jitter: { 0 })
            var round = MailboxRound(mail: mail, tally: tally, time: Self.time)
            round.places = MailboxPlaces(places: 1, keptFor: .milliseconds(50))
            let left = try await round.work(targets, background: {}) { target, _ in
                let row = target.row(PullDisposition.notFound)
                if target.index > 0 {
                    ended.yield(target.index)
                    return .settled([row])
                }
                var others: Set<Int> = []
                for await other in ends {
                    others.insert(other)
                    if others.count == targets.count - 1 { return .settled([row]) }
                }
                return .over(CancellationError())
            }
            #expect(left.isEmpty)
            #expect(await tally.settled == Set(targets.indices))
        }
    }
}
