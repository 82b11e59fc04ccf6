import JobModel
import Operations

/// Puts news on a terminal, into a pipe, or out as JSON lines.
struct NewsDisplay {
    let json: Bool
    let showsJob: Bool
    private var step: String?
    private var bar = ""

    init(json: Bool, showsJob: Bool) {
        self.json = json
        self.showsJob = showsJob
    }

    /// Shows one piece of news; of a single job on a terminal, finished steps are ticked off above a bar.
    mutating func show(_ news: JobNews) {
        if self.json { return Terminal.say(jsonText: String(decoding: news.body, as: UTF8.self)) }
        guard Terminal.isInteractive, !self.showsJob else {
            let head = self.showsJob ? "\(Timestamp.text(news.time)) \(news.job) " : ""
            return Terminal.say(head + NewsLine.text(news.kind))
        }
        switch news.kind {
        case .progressed(let progress): self.advance(to: progress, NewsLine.text(news.kind))
        case .ended(let ended): self.tick(ended.outcome == .succeeded)
        case .result: Terminal.say(NewsLine.text(news.kind))
        case .started, .postponed, .retrying, .changed, .pulled, .restored, .connected, .outboundEnabled,
            .outboundDisabled,
            .connectionLost, .disconnected, .drift,
            .notification, .directoryPage, .directoryHeld, .other:
            Terminal.redraw("  \(NewsLine.text(news.kind))", ends: true)
            Terminal.redraw(self.bar)
        }
    }

    private mutating func advance(to progress: JobProgressed, _ bar: String) {
        if progress.step != self.step { self.tick(true) }
        self.step = progress.step
        self.bar = bar
        Terminal.redraw(bar)
    }

    /// Leaves the step behind with its mark, and no bar.
    private mutating func tick(_ isDone: Bool) {
        guard let step else { return }
        Terminal.redraw(step, mark: isDone ? .done : .failed, ends: true)
        self.step = nil
        self.bar = ""
    }
}
