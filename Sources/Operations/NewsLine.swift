import JobModel

/// News as one line for a person.
package enum NewsLine {
    /// How many characters the bar of a count has.
    private static let barWidth = 24

    /// The line for a piece of news, without time and job.
    package static func text(_ kind: JobNews.Kind) -> String {
        switch kind {
        case .started: "started"
        case .progressed(let progress): "\(self.bar(progress.done, of: progress.total)) \(progress.step)"
        case .postponed(let delayed): "waits \(delayed.delaySeconds) s: \(delayed.problem.detail)"
        case .retrying(let delayed):
            "tries again in \(delayed.delaySeconds) s: \(delayed.problem.code.rawValue): \(delayed.problem.detail)"
        case .ended(let ended): "ended: \(ended.outcome.rawValue)"
        case .changed(let change): "\(change.action.rawValue)d \(change.kind.rawValue) \(change.name)"
        case .pulled(let moved): "pulled \(moved.copies.count) copies"
        case .restored(let moved): "restored \(moved.copies.count) copies"
        case .connected(let tenant): "connected, with \(tenant.importedDomains.joined(separator: ", "))"
        case .connectionLost(let lost): "connection lost: \(lost.problem.detail)"
        case .disconnected(let tenant): tenant.isComplete ? "disconnected" : "disconnected, with leftovers"
        case .drift(let drift): "drift: \(drift.findings.map(\.id).joined(separator: ", "))"
        case .outboundEnabled(let news):
            "\(news.connector.name) enabled for \(news.domains.map(\.name).joined(separator: ", "))"
                + (news.forcedBecause.map { ", by force: \($0)" } ?? "")
        case .outboundDisabled(let news): "\(news.connector.name) disabled"
        case .notification(let request): "\(request.recipients.count) people are told (\(request.template))"
        case .directoryPage(let page):
            page.commit.map { "directory page \(page.page): generation \($0.generation) is complete" }
                ?? "directory page \(page.page): \(page.changes.count) changes"
        case .directoryHeld(let held):
            "held: \(held.users.removals) of \(held.users.held) users and \(held.groups.removals) of "
                + "\(held.groups.held) groups would be removed"
        case .other(let type): type
        case .result(let outcome, let problem):
            problem.map { "\(outcome.rawValue): \($0.code.rawValue): \($0.detail) \($0.code.advice)" }
                ?? outcome.rawValue
        }
    }

    /// A bar for a count: `[########----------------] 4/12`.
    package static func bar(_ done: Int, of total: Int) -> String {
        let share = total > 0 ? min(max(done, 0), total) * self.barWidth / total : 0
        let filled = String(repeating: "#", count: share)
        return "[\(filled)\(String(repeating: "-", count: self.barWidth - share))] \(done)/\(total)"
    }
}
