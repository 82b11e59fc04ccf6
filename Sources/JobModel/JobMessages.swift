package import Foundation

/// Which run of a job a message belongs to, and who sends it.
///
/// Ids are deterministic, so that a message sent twice is seen once: `<job>.result`, `<job>.end` for the terminal event, and
/// `<job>.<n>.<teller>` for the others. The teller is the ledger that numbered the event: whoever takes a job over from a
/// host that died without handing it on begins its numbers again, and must not speak under the ids of the dead. Result and
/// end have no teller, as a job ends once, whoever tells it.
/// A job that an operator sent again from the dead letters is a run of its own: `<job>.r1.result`.
package struct JobRun: Sendable, Hashable {
    /// The job.
    package let job: JobID
    /// What it does.
    package let type: JobType
    /// For which tenant.
    package let tenant: TenantID
    /// How often an operator has sent it again; 0 at first.
    package let replay: Int

    /// Collects the parts.
    package init(job: JobID, type: JobType, tenant: TenantID, replay: Int) {
        self.job = job
        self.type = type
        self.tenant = tenant
        self.replay = replay
    }

    private var prefix: String { self.replay == 0 ? self.job.description : "\(self.job).r\(self.replay)" }

    /// The id of its result.
    package var resultID: String { "\(self.prefix).result" }

    /// The id of its terminal event, whoever sends it.
    package var endID: String { "\(self.prefix).end" }

    /// The id of an event: `sequence` counts from 1, `teller` names who numbered it; nil for one who keeps no ledger.
    package func id(of event: JobEventName, sequence: Int, teller: String?) -> String {
        event.isTerminal ? self.endID : [self.prefix, "\(sequence)", teller].compactMap { $0 }.joined(separator: ".")
    }
}

/// How a job ended for good, as results name it.
package enum FinalOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// The work is done.
    case succeeded
    /// It is not, and will not be tried again by itself.
    case failed
    /// It was called off.
    case cancelled
}

/// The CloudEvents messages that a worker publishes about a job, as bytes.
package struct JobMessages: Sendable {
    /// The worker's name.
    package let worker: String
    /// The name of the ledger in which it numbers events: eight hexadecimal digits; nil for one who keeps none.
    package let teller: String?
    /// The CloudEvents `source` of what it publishes: `/sluice/<worker>`.
    package var source: String { "/sluice/\(self.worker)" }

    /// Speaks for one worker.
    package init(worker: String, teller: String? = nil) {
        self.worker = worker
        self.teller = teller
    }

    /// The result of a job: `results.<type>.v1`.
    ///
    /// A success has an `output` (a JSON object), anything else a `problem`; what was called off may have both, where its type
    /// gives an account.
    package func result(
        of run: JobRun,
        outcome: FinalOutcome,
        attempt: Int,
        startedAt: Date,
        finishedAt: Date,
        output: [UInt8]?,
        problem: Problem?
    ) throws -> [UInt8] {
        var data = JSONObjectWriter()
        data.member("job", text: run.job.description)
        data.member("type", text: run.type.rawValue)
        data.member("outcome", text: outcome.rawValue)
        data.member("attempt", number: attempt)
        data.member("startedAt", text: Timestamp.text(startedAt))
        data.member("finishedAt", text: Timestamp.text(finishedAt))
        data.member("worker", text: self.worker)
        if let output { data.member(rawName: "output", raw: output) }
        if let problem { data.member(rawName: "problem", raw: try JSONEncoder().encode(problem)) }
        return self.envelope(
            id: run.resultID,
            type: run.type.resultType,
            tenant: run.tenant,
            time: finishedAt,
            data: data.finish()
        )
    }

    /// An event about a job: `events.<name>.v1`.
    ///
    /// `members` is a JSON object; the members that every event has are put before its own.
    package func event(
        _ name: JobEventName,
        of run: JobRun,
        sequence: Int,
        attempt: Int,
        time: Date,
        members: [UInt8]
    ) -> [UInt8] {
        var data = JSONObjectWriter()
        data.member("job", text: run.job.description)
        data.member("type", text: run.type.rawValue)
        data.member("attempt", number: attempt)
        data.member("sequence", number: sequence)
        data.member("terminal", truth: name.isTerminal)
        data.members(of: members[...])
        return self.envelope(
            id: run.id(of: name, sequence: sequence, teller: self.teller),
            type: name.messageType,
            tenant: run.tenant,
            time: time,
            data: data.finish()
        )
    }

    private func envelope(id: String, type: String, tenant: TenantID, time: Date, data: [UInt8]) -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("specversion", text: "1.0")
        writer.member("id", text: id)
        writer.member("type", text: type)
        writer.member("source", text: self.source)
        writer.member("subject", text: tenant.description)
        writer.member("time", text: Timestamp.text(time))
        writer.member("datacontenttype", text: "application/json")
        writer.member(rawName: "data", raw: data)
        return writer.finish()
    }
}
