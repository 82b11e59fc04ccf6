import JobModel

extension JobCourse {
    /// Why a job ends that was called off: how far it had come.
    var cancellation: Problem {
        if let account = self.account { return Problem(.cancelled, "It was called off: \(account.text)") }
        if let progress {
            let steps = "\(progress.done) of \(progress.total) steps, in `\(progress.step)`"
            return Problem(.cancelled, "It was called off after \(steps); what was done by then stays.")
        }
        let detail =
            self.sequence == 0
            ? "It was called off before it began; nothing was done."
            : "It was called off while it waited; what earlier runs did, as its events say, stays."
        return Problem(.cancelled, detail)
    }

    /// What the job has done by its own account.
    var account: JobAccount? {
        self.steps.flatMap { self.services.configuration.account(self.run.type, [UInt8](self.envelope.data), $0) }
    }
}
