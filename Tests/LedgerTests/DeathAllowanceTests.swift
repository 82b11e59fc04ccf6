import Foundation
import Testing

@testable import Ledger

@Suite("How many mails a storm of deaths is")
struct DeathAllowanceTests {
    private static let start = Date(timeIntervalSince1970: 1_795_402_801)
    private static let allowance = DeathAllowance(mailsMax: 2, period: .seconds(60))

    private static func at(_ seconds: Double) -> Date { self.start.addingTimeInterval(seconds) }

    @Test("Within the allowance each is told; beyond it one waits for room and the others are silent")
    func table() {
        let cases: [(mails: [Double], othersWait: Bool, now: Double, course: DeathAllowance.Course)] = [
            ([], false, 0, .tell), ([0], false, 1, .tell), ([0], true, 1, .tell),
            ([0, 10], false, 20, .wait(until: Self.at(60))), ([0, 10], true, 20, .silence),
            ([0, 10], false, 59.999, .wait(until: Self.at(60))), ([0, 10], false, 60, .tell),
            ([10, 60], false, 61, .wait(until: Self.at(70))), ([100, 110], true, 20, .silence),
        ]
        for (mails, othersWait, now, course) in cases {
            let decided = Self.allowance.course(mails: mails.map(Self.at), othersWait: othersWait, now: Self.at(now))
            #expect(decided == course, "\(mails) \(othersWait) \(now)")
        }
    }
}
