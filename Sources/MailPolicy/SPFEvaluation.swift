/// One check under way: its counters and its trace.
///
/// Lives within a single call and is never shared.
final class SPFEvaluation {
    /// What one record came to.
    struct Outcome {
        var result: SPFResult
        var directive: SPFDirective?
        var domain: String
        var explanation: MacroText?
        var reason: String?
    }

    /// Ends the check at once with a temperror or a permerror.
    struct Stop: Error {
        let result: SPFResult
        let reason: String
    }

    /// RFC 7208, 4.6.4.
    static let lookupsMax = 10
    /// RFC 7208, 4.6.4.
    static let voidsMax = 2
    /// RFC 7208, 4.6.4: names of one `mx` or `ptr`.
    static let namesMax = 10

    let question: SPFQuestion
    let now: Int
    private let lookup: any DNSLookup
    private(set) var lookups = 0
    private(set) var voids = 0
    private var trace: [SPFStep] = []
    /// The step that lookups are noted in.
    private var current = 0
    private var record: String?

    init(question: SPFQuestion, lookup: any DNSLookup, now: Int) {
        self.question = question
        self.lookup = lookup
        self.now = now
    }

    func run() async -> SPFVerdict {
        var outcome: Outcome
        do throws(Stop) {
            outcome = try await self.check(self.question.domain, depth: 0)
        } catch {
            outcome = Outcome(result: error.result, domain: self.question.domain, reason: error.reason)
        }
        var verdict = SPFVerdict(
            result: outcome.result,
            mechanism: outcome.directive?.text,
            domain: outcome.domain,
            record: self.record,
            reason: outcome.reason
        )
        // The trace and the counters are those of the verdict; fetching an explanation counts for nothing.
        (verdict.lookups, verdict.voids, verdict.trace) = (self.lookups, self.voids, self.trace)
        if outcome.result == .fail, let text = outcome.explanation {
            verdict.explanation = await self.explanation(text, of: outcome.domain)
        }
        return verdict
    }

    /// check_host() for one domain (RFC 7208, 4).
    private func check(_ domain: String, depth: Int) async throws(Stop) -> Outcome {
        let domain = DomainName.withoutFinalDot(domain)
        // An address literal is what SMTP allows in the place of a domain, and none (RFC 7208, 4.3).
        guard DomainName.isWellFormed(domain), DomainName.hasSeveralLabels(domain), !domain.hasPrefix("[") else {
            return Outcome(result: .none, domain: domain, reason: "'\(domain.printable)' is not a domain name")
        }
        let step = self.begin(depth, domain, "record")
        let texts = try await self.records(domain)
        guard texts.count == 1, let text = texts.first else {
            guard texts.isEmpty else {
                throw self.stop(.permerror, "\(domain.printable) has \(texts.count) SPF records; one is allowed")
            }
            self.end(step, "none")
            return Outcome(result: .none, domain: domain, reason: "\(domain.printable) has no SPF record")
        }
        let spelled = String(decoding: text, as: UTF8.self)
        if depth == 0 { self.record = String(spelled.map { $0.isVisibleASCII || $0 == " " ? $0 : "?" }) }
        let record: SPFRecord
        do throws(SPFSyntaxError) {
            record = try SPFSyntax.parse(text)
        } catch {
            throw self.stop(.permerror, "the SPF record of \(domain.printable) is wrong: \(error.reason)")
        }
        self.end(step, spelled.printable)
        return try await self.evaluate(record, domain, depth)
    }

    /// The SPF records among a domain's texts (RFC 7208, 4.4 and 4.5).
    private func records(_ domain: String) async throws(Stop) -> [[UInt8]] {
        switch await self.ask(domain, .txt) {
        case .records(let records):
            return records.compactMap { record in
                guard case .text(let bytes) = record, SPFSyntax.isRecord(bytes) else { return nil }
                return bytes
            }
        case .noData, .nxDomain: return []
        case .temporaryFailure(let failure): throw self.failed(domain, .txt, failure)
        }
    }

    /// Tries the directives in their order, then `redirect` (RFC 7208, 4.6.2 and 4.7).
    private func evaluate(_ record: SPFRecord, _ domain: String, _ depth: Int) async throws(Stop) -> Outcome {
        for directive in record.directives {
            let step = self.begin(depth, domain, directive.text)
            if directive.mechanism.asksDNS { try self.count() }
            let isMatch = try await self.matches(directive.mechanism, domain, depth)
            self.end(step, isMatch ? "match" : "no match")
            guard isMatch else { continue }
            return Outcome(
                result: directive.result,
                directive: directive,
                domain: domain,
                explanation: record.explanation
            )
        }
        // Never reached where `all` stands anywhere, which matches always: redirect is ignored then (RFC 7208, 6.1).
        guard let redirect = record.redirect else { return Outcome(result: .neutral, domain: domain) }
        let step = self.begin(depth, domain, "redirect=\(redirect.source)")
        try self.count()
        let target = await self.name(redirect, domain)
        let outcome = try await self.check(target, depth: depth + 1)
        guard outcome.result != .none else {
            self.current = step
            throw self.stop(.permerror, "redirect leads to \(target.printable), which has no SPF record")
        }
        self.end(step, outcome.result.rawValue)
        return outcome
    }

    /// What an included record says about the address (RFC 7208, 5.2).
    func includes(_ target: String, _ depth: Int) async throws(Stop) -> Bool {
        let step = self.current
        let outcome = try await self.check(target, depth: depth + 1)
        self.current = step
        switch outcome.result {
        case .pass: return true
        case .fail, .softfail, .neutral: return false
        case .none: throw self.stop(.permerror, "include leads to \(target.printable), which has no SPF record")
        case .temperror, .permerror: throw self.stop(outcome.result, outcome.reason ?? "")
        }
    }

    /// Counts a term that asks DNS.
    private func count() throws(Stop) {
        self.lookups += 1
        guard self.lookups <= Self.lookupsMax else {
            throw self.stop(.permerror, "more than \(Self.lookupsMax) terms ask DNS")
        }
    }

    // MARK: DNS

    /// Asks, and notes question and answer in the trace.
    func ask(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        // What cannot be a name cannot exist; nobody is asked.
        let answer = DomainName.isWellFormed(name) ? await self.lookup.lookup(name, type) : .nxDomain
        if self.trace.indices.contains(self.current) {
            self.trace[self.current].lookups.append("\(type.rawValue) \(name.printable): \(answer.summary)")
        }
        return answer
    }

    /// Asks for what has to be known: no answer is a temperror, nothing there is counted (RFC 7208, 4.6.4).
    func require(_ name: String, _ type: DNSRecordType) async throws(Stop) -> [DNSRecord] {
        switch await self.ask(name, type) {
        case .records(let records): return records
        case .noData, .nxDomain:
            if DomainName.isWellFormed(name) { try self.countVoid() }
            return []
        case .temporaryFailure(let failure): throw self.failed(name, type, failure)
        }
    }

    /// Counts a lookup of a term that found nothing.
    func countVoid() throws(Stop) {
        self.voids += 1
        guard self.voids <= Self.voidsMax else {
            throw self.stop(.permerror, "more than \(Self.voidsMax) lookups found nothing")
        }
    }

    private func failed(_ name: String, _ type: DNSRecordType, _ failure: DNSFailure) -> Stop {
        self.stop(.temperror, "the \(type.rawValue) lookup of \(name.printable) failed: \(failure.rawValue)")
    }

    // MARK: Trace

    private func begin(_ depth: Int, _ domain: String, _ term: String) -> Int {
        self.trace.append(SPFStep(depth: depth, domain: domain.printable, term: term.printable))
        self.current = self.trace.count - 1
        return self.current
    }

    private func end(_ step: Int, _ outcome: String) { self.trace[step].outcome = outcome }

    func stop(_ result: SPFResult, _ reason: String) -> Stop {
        if self.trace.indices.contains(self.current) { self.trace[self.current].outcome = reason }
        return Stop(result: result, reason: reason)
    }
}

extension DNSAnswer {
    /// The answer in a few words, for the trace.
    var summary: String {
        switch self {
        case .records(let records): records.prefix(SPFEvaluation.namesMax + 1).map(\.summary).joined(separator: ", ")
        case .noData: "no such record"
        case .nxDomain: "no such name"
        case .temporaryFailure(let failure): failure.rawValue
        }
    }
}

extension DNSRecord {
    fileprivate var summary: String {
        switch self {
        case .address(let address): address.description
        case .mailExchange(let preference, let host): "\(preference) \(host.printable)"
        case .nameServer(let name), .name(let name): name.printable
        case .zone(let primary, let serial): "\(primary.printable) \(serial)"
        case .text(let bytes): "\"\(String(decoding: bytes, as: UTF8.self).printable)\""
        }
    }
}
