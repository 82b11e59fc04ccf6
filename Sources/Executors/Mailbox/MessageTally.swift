import Foundation
import JobModel
import Logging
import Microsoft365

/// What is settled of a message job while its mailboxes are worked on at once: rows, progress, events, memo.
actor MessageTally<Disposition>
where Disposition: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
    /// So many settled mailboxes are remembered together.
    private static var checkpointSize: Int { 100 }

    /// What the tally has to know of its job.
    struct Job: Sendable {
        let context: ExecutorContext
        let mailboxes: [String]
        let campaign: String?
        /// The event that tells of moved copies.
        let event: JobEventName
        /// The dispositions of copies that this job moved.
        let moved: Set<Disposition>
    }

    private let job: Job
    /// Progress is told at least this often.
    private let interval: Duration
    private var memo: MessageMemo
    private var earlier: [CopyDisposition<Disposition>]
    private var rows: [CopyDisposition<Disposition>] = []
    private var settledTargets: Set<Int>
    private var known: KnownRows<Disposition>
    private var untold: [CopiesMoved.Copy] = []
    private var unremembered = 0
    private var toldShare = -1
    private var toldAt = ContinuousClock.now

    init(_ job: Job, memo: MessageMemo, every interval: Duration) {
        self.job = job
        self.interval = interval
        self.memo = memo
        self.earlier = SettledRows.rows(memo.settled, mailboxes: job.mailboxes)
        self.settledTargets = Set(self.earlier.map(\.target))
        self.memo.doubtful = memo.inDoubt(of: job.mailboxes.indices, settled: self.settledTargets)
        self.memo.isUnderWay = nil
        self.known = KnownRows(memo.known, mailboxes: job.mailboxes)
    }

    /// The targets that an earlier run has settled.
    var settled: Set<Int> { self.settledTargets }
    /// All rows so far.
    var allRows: [CopyDisposition<Disposition>] { self.earlier + self.rows }
    /// Whether rows lack evidence that an earlier run had.
    var isAbridged: Bool { !self.earlier.isEmpty || self.known.isAbridged }
    /// Targets in which a move is in doubt since an earlier run.
    var doubtful: Set<Int> { Set(self.memo.doubtful) }
    var state: MessageMemo { self.memo }

    /// Notes what became of a target.
    func settle(_ target: Int, _ rows: [CopyDisposition<Disposition>]) {
        guard self.settledTargets.insert(target).inserted else { return }
        let rows = self.known.settle(target, rows)
        self.rows += rows
        self.memo.doubtful.removeAll { $0 == target }
        self.memo.leftSince?[target] = nil
        for row in rows where self.job.moved.contains(row.disposition) {
            guard let user = row.mailboxID, let copy = row.copyID else { continue }
            self.untold.append(CopiesMoved.Copy(mailbox: row.mailbox, mailboxID: user, copyID: copy))
        }
        self.unremembered += 1
        if self.unremembered >= Self.checkpointSize || self.untold.count >= CopiesMoved.copiesMax { self.checkpoint() }
        self.tellProgress()
    }

    /// Notes what is known of the copies in a target that is not settled.
    func know(_ rows: [CopyDisposition<Disposition>], of target: Int) { self.known.learn(rows, of: target) }

    /// Notes that a move is about to be sent into a target.
    ///
    /// The first is remembered before it is sent: should this process die, nobody takes a mailbox for untouched.
    func doubt(_ target: Int) {
        if !self.memo.doubtful.contains(target) { self.memo.doubtful.append(target) }
        guard self.memo.isUnderWay != true else { return }
        self.memo.isUnderWay = true
        self.remember()
    }

    /// Notes that no more moves are sent, and remembers what is known.
    func close() {
        self.memo.isUnderWay = nil
        self.checkpoint()
    }

    /// Notes what the copies have in common, before the first is moved.
    func agree(on print: String?) {
        guard let print, self.memo.print == nil else { return }
        self.memo.print = print
        self.remember()
    }

    /// Notes that targets did not answer and are left for later.
    func leave(_ targets: [Int], at now: Date) { self.memo.leave(targets, at: now) }

    /// Tells of moved copies, then remembers: killed in between, the job tells of them twice rather than never.
    func checkpoint() {
        while !self.untold.isEmpty {
            let copies = Array(self.untold.prefix(CopiesMoved.copiesMax))
            self.untold.removeFirst(copies.count)
            self.job.context.event(self.job.event, CopiesMoved(campaign: self.job.campaign, copies: copies))
        }
        self.remember()
    }

    /// Tells how far the job is, at every twentieth part; `always` also when nothing is new.
    func tellProgress(always: Bool = false) {
        let (done, total) = (self.settledTargets.count, self.job.mailboxes.count)
        let share = done * 20 / max(total, 1)
        guard always || share != self.toldShare else { return }
        self.toldShare = share
        self.toldAt = .now
        self.job.context.progress(done: done, total: total, step: "mailboxes")
    }

    /// When people are to hear of the job again at the latest.
    var due: ContinuousClock.Instant { self.toldAt + self.interval }

    /// Tells how far the job is whenever nothing was told for a while; until the task is cancelled.
    func keepTelling() async {
        while (try? await Task.sleep(until: self.due, clock: .continuous)) != nil {
            guard ContinuousClock.now >= self.due else { continue }
            if self.unremembered > 0 { self.checkpoint() }
            self.tellProgress(always: true)
        }
    }

    private func remember() {
        self.unremembered = 0
        self.memo.settled = SettledRows.text(self.allRows, bytesMax: MessageMemo.settledBytesMax)
        self.memo.known = self.known.text(bytesMax: MessageMemo.settledBytesMax - self.memo.settled.utf8.count)
        do {
            self.job.context.remember(try self.memo.text())
        } catch {
            self.job.context.logger.error("A memo could not be encoded")  // the next run finds the stamps
        }
    }
}
