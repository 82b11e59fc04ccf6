import Foundation
import JobModel
import Microsoft365

/// One attempt at all mailboxes of a job: many at once, so that a slow or broken one holds up nobody else.
struct MailboxRound<Disposition>: Sendable
where Disposition: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
    typealias Row = CopyDisposition<Disposition>
    /// A mailbox that is left for the next attempt, and why; without an error when the attempt had no more time for it.
    typealias Left = (target: MailboxTarget, error: Microsoft365Error?)

    /// How the work on one mailbox ended.
    enum End: Sendable {
        /// It is settled.
        case settled([Row])
        /// It is left for the next attempt.
        case left(Microsoft365Error)
        /// The whole attempt ends.
        case over(any Error)
    }

    private enum News: Sendable {
        case end(MailboxTarget, End)
        case outOfTime
        case aside
    }

    let mail: Mail
    let tally: MessageTally<Disposition>
    /// How long the attempt may take; what is not settled by then is left.
    let time: Duration
    /// Which mailboxes are worked on now; a walk that waits for others leaves its place meanwhile.
    var places = MailboxPlaces()

    /// What is left of the targets; throws what ends the whole attempt.
    ///
    /// `background` runs beside and is cancelled at the end.
    func work(
        _ targets: [MailboxTarget],
        background: @escaping @Sendable () async -> Void,
        _ walk: @escaping @Sendable (MailboxTarget, MailboxPlaces) async -> End
    ) async throws -> [Left] {
        let result = await withTaskGroup(of: News.self) { group in
            for target in targets { group.addTask { .end(target, await self.walk(target, walk)) } }
            group.addTask {
                await self.places.keepMoving()
                return .aside
            }
            group.addTask {
                await background()
                return .aside
            }
            group.addTask {
                let isOver = (try? await Task.sleep(for: self.time, clock: .continuous)) != nil
                return isOver ? .outOfTime : .aside
            }
            return await self.collect(&group, missing: targets.count)
        }
        await self.tally.close()
        return try result.get()
    }

    private func walk(
        _ target: MailboxTarget,
        _ walk: @Sendable (MailboxTarget, MailboxPlaces) async -> End
    ) async -> End {
        await self.places.take(target.index)
        let end = await walk(target, self.places)
        await self.places.leave(target.index)
        return end
    }

    private func collect(
        _ group: inout TaskGroup<News>,
        missing: Int
    ) async -> Result<[Left], any Error> {
        var (left, failure, missing, isOutOfTime): ([Left], (any Error)?, Int, Bool) = ([], nil, missing, false)
        if missing == 0 { group.cancelAll() }
        for await news in group {
            switch news {
            case .aside: continue
            case .outOfTime:
                isOutOfTime = true
                await self.mail.close()
                group.cancelAll()
                continue
            case .end(let target, .settled(let rows)): await self.tally.settle(target.index, rows)
            case .end(let target, .left(let error)): left.append((target, error))
            case .end(let target, .over(let error)) where isOutOfTime && Self.isBrokenOff(error):
                left.append((target, nil))
            case .end(_, .over(let error)): failure = failure ?? error
            }
            missing -= 1
            if missing == 0 || failure != nil { group.cancelAll() }
        }
        return failure.map { .failure($0) } ?? .success(left)
    }

    /// Whether a walk ended because it was told to.
    private static func isBrokenOff(_ error: any Error) -> Bool {
        error is CancellationError || (error as? Microsoft365Error)?.code == .cancelled
    }
}
