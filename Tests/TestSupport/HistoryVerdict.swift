extension History {
    /// Everything that is wrong with this history; empty when the promises held.
    package var findings: [HistoryFinding] {
        let results = Dictionary(grouping: self.results, by: \.heard.job)
        let events = Dictionary(grouping: self.events, by: \.heard.job)
        let jobs = self.jobs.keys.sorted().flatMap { job in
            Self.findings(on: job, results: results[job] ?? []) + Self.findings(on: job, events: events[job] ?? [])
        }
        let strangers = Set(results.keys).union(events.keys).subtracting(self.jobs.keys).sorted()
        return jobs + strangers.map { .stranger(job: $0) } + self.contradictions + self.effectFindings
            + self.deadLetterFindings + self.unrouted.map { .unrouted(id: $0.id) }
            + self.unreadable.map { .unreadable(id: $0) } + self.violations.map { .violation($0) }
    }

    private static func findings(on job: String, results: [Result]) -> [HistoryFinding] {
        guard !results.isEmpty else { return [.lost(job: job)] }
        let ids = Set(results.map(\.heard.id)).sorted()
        let outcomes = Set(results.map(\.outcome)).subtracting(["succeeded"]).sorted()
        return (ids.count > 1 ? [.results(job: job, ids: ids)] : []) + outcomes.map { .outcome(job: job, $0) }
    }

    private static func findings(on job: String, events: [Event]) -> [HistoryFinding] {
        let numbers = Set(events.map(\.sequence))
        let terminals = events.filter(\.isTerminal)
        var findings: [HistoryFinding] = []
        let missing = Set(1...max(1, numbers.max() ?? 1)).subtracting(numbers).sorted()
        if !missing.isEmpty, !numbers.isEmpty { findings.append(.gap(job: job, missing: missing)) }
        guard !terminals.isEmpty else { return findings + [.noTerminal(job: job)] }
        if Set(terminals.map(\.heard.id)).count > 1 {
            findings.append(.terminals(job: job, sequences: Set(terminals.map(\.sequence)).sorted()))
        }
        // Who took a job over from a dead host numbers its news without knowing how far the dead had come.
        let ends = Dictionary(terminals.map { ($0.heard.source, $0.sequence) }, uniquingKeysWith: max)
        let after = Set(events.filter { $0.sequence > ends[$0.heard.source] ?? .max }.map(\.sequence)).sorted()
        if !after.isEmpty { findings.append(.afterTerminal(job: job, sequences: after)) }
        return findings
    }

    /// Messages under one id whose bytes differ.
    ///
    /// Of a job's end two hosts may tell under one id, each in its own words: the first that is heard counts.
    private var contradictions: [HistoryFinding] {
        let messages = self.results.map(\.heard) + self.events.map(\.heard)
        return Dictionary(grouping: messages, by: { $0.isEnd ? [$0.id, $0.source] : [$0.id] })
            .filter { Set($0.value.map(\.body)).count > 1 }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { .contradiction(id: $0.key[0], sources: Set($0.value.map(\.source)).sorted()) }
    }

    /// Each expected kind once in every tenant that had a job, and nothing else anywhere.
    private var effectFindings: [HistoryFinding] {
        let tenants = Set(self.jobs.values.map(\.tenant))
        let expected = Set(
            tenants.flatMap { tenant in
                self.expectedKinds.map { Creation(tenant: tenant, kind: $0) }
            }
        )
        let made = Dictionary(grouping: self.creations, by: { $0 }).mapValues(\.count)
        let all = expected.union(made.keys).sorted { ($0.tenant, $0.kind) < ($1.tenant, $1.kind) }
        return all.compactMap { creation in
            let times = made[creation] ?? 0
            let wanted = expected.contains(creation) ? 1 : 0
            return times == wanted ? nil : .effect(tenant: creation.tenant, kind: creation.kind, times: times)
        }
    }

    private var deadLetterFindings: [HistoryFinding] {
        let buried = Set(self.deadLetters.map(\.body))
        let lost = self.badBodies.enumerated().filter { !buried.contains($0.element) }
        let bad = Set(self.badBodies)
        return lost.map { .badBodyLost(number: $0.offset + 1) }
            + self.deadLetters.filter { !bad.contains($0.body) }.map { .buried(job: $0.job) }
    }
}
