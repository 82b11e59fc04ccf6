import JobModel
import Operations

/// Puts news on a terminal, into a pipe, or out as JSON lines.
struct NewsDisplay {
    let json: Bool
    let showsJob: Bool
    private var step: String?

    init(json: Bool, showsJob: Bool) {
        self.json = json
        self.showsJob = showsJob
    }

    /// Shows one piece of news; on a terminal finished steps are ticked off above a bar.
    mutating func show(_ news: JobNews) {
        if self.json { return Terminal.say(String(decoding: news.body, as: UTF8.self)) }
        guard Terminal.isInteractive, !self.showsJob else {
            let head = self.showsJob ? "\(Timestamp.text(news.time)) \(news.job) " : ""
            return Terminal.say(head + NewsLine.text(news.kind))
        }
        if case .progressed(let progress) = news.kind {
            if progress.step != self.step { self.tick(Terminal.hasColors ? "\u{1B}[32m✓\u{1B}[0m" : "✓") }
            self.step = progress.step
            Terminal.redraw(NewsLine.text(news.kind))
        } else {
            if case .ended(let ended) = news.kind {
                self.tick(ended.outcome == .succeeded ? "✓" : "✗")
            } else {
                self.tick("…")
            }
            Terminal.say(NewsLine.text(news.kind))
        }
    }

    /// Ends the bar and leaves its step behind with a mark.
    private mutating func tick(_ mark: String) {
        guard let step else { return }
        Terminal.redraw("\(mark) \(step)\n")
        self.step = nil
    }
}
