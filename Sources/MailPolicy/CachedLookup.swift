import Synchronization

/// Asks every question once, for one look at DNS.
///
/// Failures are remembered too: what a server does not answer for the first address it will not answer for the tenth, and
/// waiting for each would add up.
package final class CachedLookup: DNSLookup {
    /// More answers are not kept, and asked for again.
    private static let answersMax = 4_096

    private struct Question: Hashable {
        let name: String
        let type: DNSRecordType
    }

    private let lookup: any DNSLookup
    private let answers = Mutex<[Question: DNSAnswer]>([:])

    /// Asks `lookup` what it has not asked before.
    package init(_ lookup: any DNSLookup) { self.lookup = lookup }

    /// Gives the answer it has, or asks.
    package func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        let question = Question(name: DomainName.withoutFinalDot(name).lowercased(), type: type)
        if let answer = self.answers.withLock({ $0[question] }) { return answer }
        let answer = await self.lookup.lookup(name, type)
        self.answers.withLock { if $0.count < Self.answersMax { $0[question] = answer } }
        return answer
    }
}
