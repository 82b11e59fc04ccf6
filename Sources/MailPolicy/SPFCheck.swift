package import Foundation

/// Whether a server may send mail for a domain: check_host() of RFC 7208, section 4.
///
/// ```swift
/// let resolver = try Resolver(servers: [NameServer("192.0.2.53")])
/// let question = SPFQuestion(address: egress, domain: "contoso.com")
/// let verdict = await SPFCheck(lookup: TimedLookup(resolver, until: .now + TimedLookup.checkLimit)).verdict(question)
/// ```
///
/// Everything is decided from the question and what `lookup` answers. Asks at most 10 terms, and 10 names for one
/// `mx` or `ptr`; more is a permerror, so that a loop of includes ends.
package struct SPFCheck: Sendable {
    private let lookup: any DNSLookup
    private let now: Date

    /// A check that asks `lookup`; `now` is the value of the `t` macro.
    package init(lookup: any DNSLookup, now: Date = Date()) {
        self.lookup = lookup
        self.now = now
    }

    /// Answers one question.
    ///
    /// Never throws: what cannot be found out is `temperror`, what cannot be understood is `permerror`.
    package func verdict(_ question: SPFQuestion) async -> SPFVerdict {
        let evaluation = SPFEvaluation(
            question: question,
            lookup: self.lookup,
            now: Int(self.now.timeIntervalSince1970)
        )
        return await evaluation.run()
    }
}
