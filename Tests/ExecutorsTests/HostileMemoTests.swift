import Foundation
import JobModel
import Microsoft365
import TestSupport
import Testing

@testable import Executors

/// Every variant is read, and what was read is used as an executor uses it: a trap anywhere ends the whole run.
@Suite("Whatever a job brings along, nothing traps: it is read within bounds, or passed over")
struct HostileMemoTests {
    private static let mailboxes = ["a@contoso.com", "b@contoso.com", "c@contoso.com"]
    private static let now = moment(0)

    private static func state(_ tenant: TenantID) throws -> DirectoryState {
        var users = IDSample()
        for number in 0..<1_000 { users.insert("\(number)") }
        return try DirectoryState(
            tenant: tenant,
            generation: 3,
            filters: .standard,
            usersLink: "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x",
            groupsLink: "https://graph.microsoft.com/v1.0/groups/delta?$deltatoken=x",
            users: users,
            groups: users
        )
    }

    private static func wait(_ waits: [String: Date]) {
        let policy = WaitingPolicy(firstPause: .seconds(15), pauseMax: .seconds(300))
        for date in waits.values {
            for wait in Wait.allCases {
                let waiting = Waiting(for: wait, Problem(.throttled, ""))
                _ = policy.outcome(of: waiting, jobStart: date, waitStart: date, now: self.now)
            }
        }
    }

    @Test("States of a directory")
    func states() throws {
        var mutations = Mutations(seed: 5)
        let tenant = TenantID(UUID())
        let good = try CanonicalJSON.bytes(try Self.state(tenant))
        var read = 0
        for _ in 0..<Effort.mutations {
            let text = "d1." + Data(mutations.variant(of: good)).base64EncodedString()
            do throws(Problem) {
                let state = try DirectoryState(text: text, tenant: tenant)
                read += 1
                _ = state.generation + 1
                let users = DirectoryHeld.Removals(
                    removals: state.users.missing(in: state.groups),
                    held: state.users.estimate
                )
                let groups = DirectoryHeld.Removals(
                    removals: state.groups.missing(in: IDSample()),
                    held: state.groups.estimate
                )
                let bounds = RemovalGuard(percentMax: 100, numberMax: .max, confirmed: nil)
                _ = bounds.objection(users: users, groups: groups)?.problem
                _ = users.removals + groups.removals + users.held + groups.held
            } catch {
                #expect(error.code == .invalidPayload)
            }
            _ = try? DirectoryState(
                text: String(decoding: mutations.variant(of: Array(text.utf8)), as: UTF8.self),
                tenant: tenant
            )
        }
        #expect(read > 0)
    }

    @Test("Memos of a directory's synchronisation")
    func directories() throws {
        var mutations = Mutations(seed: 6)
        let state = try Self.state(TenantID(UUID()))
        var good = DirectoryMemo()
        good.begin(nil, from: state)
        for _ in 0..<7 { good.addPage(of: "a") }
        good.endRound(next: "users", hasGroups: true)
        good.addPage(of: "b")
        good.lastGroup = DirectoryMemo.LastGroup(id: "g", isAdmitted: true)
        good.waits = ["throttle": Self.now]
        let text = Array(try good.text().utf8)
        var read = 0
        for _ in 0..<Effort.mutations {
            guard var memo = DirectoryMemo(text: String(decoding: mutations.variant(of: text), as: UTF8.self)) else {
                continue
            }
            read += 1
            Self.wait(memo.waits)
            _ = memo.stretches.reduce(0) { $0 + $1.last - $1.first + 1 } + memo.stretches.count + 2
            _ = memo.userTally.upserted + memo.userTally.filtered + 1
            _ = (memo.membersAdded + 2_000, memo.membersRemoved + 2_000, memo.restarts + 1)
            _ = (memo.users.estimate + memo.groups.estimate, state.users.missing(in: memo.users))
            memo.addPage(of: "c")
            memo.beginRoundAgain(from: state)
            memo.endRound(next: "x", hasGroups: true)
            memo.begin(.first, from: state)
            _ = try memo.text()
        }
        #expect(read > 0)
    }

    private static func pullMemo() throws -> [UInt8] {
        var memo = MessageMemo()
        let rows = self.mailboxes.indices.map { index in
            var row = CopyDisposition(
                target: index,
                mailbox: self.mailboxes[index],
                mailboxID: nil,
                disposition: PullDisposition.pulled
            )
            row.note = .outOfOrder
            row.copyID = "AAA="
            row.before = MailboxRead(at: self.now, requestID: "r", folderID: nil)
            return row
        }
        memo.settled = SettledRows.text([rows[0]], bytesMax: 10_000)
        memo.known = SettledRows.text([rows[1]], bytesMax: 10_000)
        memo.doubtful = [1, 2]
        memo.isUnderWay = true
        memo.leave([2], at: self.now)
        memo.waits = ["throttle": self.now]
        return Array(try memo.text().utf8)
    }

    @Test("Memos of a message job, as the executor and, for what was called off, the worker itself read them")
    func messages() throws {
        var mutations = Mutations(seed: 7)
        let good = try Self.pullMemo()
        let targets = Self.mailboxes.map { #"{"mailbox":"\#($0)"}"# }.joined(separator: ",")
        let data = Array(
            #"{"reason":"phish","requestedBy":"a@contoso.com","internetMessageId":"<x@y.example>","targets":[\#(targets)]}"#
                .utf8
        )
        #expect(MessageAccount.text(of: .pullMessage, data: data, steps: String(decoding: good, as: UTF8.self)) != nil)
        var read = 0
        for _ in 0..<Effort.mutations {
            let steps = String(decoding: mutations.variant(of: good), as: UTF8.self)
            _ = MessageAccount.text(of: .pullMessage, data: data, steps: steps)
            _ = MessageAccount.output(of: .pullMessage, data: data, steps: steps)
            guard var memo = MessageMemo(text: steps) else { continue }
            read += 1
            Self.wait(memo.waits)
            let ages = memo.leftSince?.values.map {
                (error: nil as Microsoft365Error?, age: Self.now.timeIntervalSince($0))
            }
            let policy = LeftPolicy(jobAge: 60, waitLimit: .seconds(14_400), firstPause: .seconds(15))
            _ = policy.waiting(ages ?? [])
            memo.leave([0], at: Self.now)
            let rows: [CopyDisposition<PullDisposition>] = SettledRows.rows(memo.settled, mailboxes: Self.mailboxes)
            _ = SettledRows.text(rows, bytesMax: 1_000)
        }
        #expect(read > 0)
    }

    @Test("Memos of a job that changes a tenant")
    func changes() throws {
        var mutations = Mutations(seed: 8)
        var good = TenantChangeMemo()
        good.changes = [.appRole]
        good.intent = .directoryRole
        good.guids = ["inbound-connector": "x"]
        good.waits = ["consent": Self.now]
        good.stepsDone = 3
        let text = Array(try good.text().utf8)
        var read = 0
        for _ in 0..<Effort.mutations {
            let variant = String(decoding: mutations.variant(of: text), as: UTF8.self)
            guard let memo = TenantChangeMemo(text: variant) else { continue }
            read += 1
            Self.wait(memo.waits)
            _ = memo.stepsDone + 1
            _ = try memo.text()
        }
        #expect(read > 0)
    }
}
