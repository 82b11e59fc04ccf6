/// How long a resolver tries.
package struct ResolverTiming: Sendable, Hashable {
    /// How long the first try of a server waits; every further round waits twice as long.
    package var attempt: Duration
    /// How often each server is tried.
    package var tries: Int
    /// When a question is given up, however many tries are left.
    package var total: Duration

    /// The first try 2 s, two rounds, 8 s in all, where nothing else is said.
    package init(attempt: Duration = .seconds(2), tries: Int = 2, total: Duration = .seconds(8)) {
        self.attempt = attempt
        self.tries = tries
        self.total = total
    }
}

/// Asks DNS servers, over UDP and, where an answer is cut, over TCP.
///
/// Servers are asked in their order; the next is asked when one fails or is silent. Aliases (CNAME) are followed by
/// the servers, or here where a server leaves it to us. Nothing is cached. The thread behind it ends with the last reference.
package final class Resolver: DNSLookup {
    /// The servers it was given; none means those of `/etc/resolv.conf`.
    package let servers: [NameServer]
    private let timing: ResolverTiming
    private let thread: ResolverThread
    /// Asks once more when every server failed: the library then no longer knows how.
    private let reasons: ResolverThread

    /// The library watches at most 16 sockets, two for each server.
    package static let serversMax = 8
    /// The longest chain of aliases that is followed here.
    private static let aliasesMax = 8

    /// A resolver for these servers, or for the system's when the list is empty.
    ///
    /// Throws for more than ``serversMax`` servers, and when the machine has no way to ask.
    package init(servers: [NameServer] = [], timing: ResolverTiming = ResolverTiming()) throws(MailPolicyError) {
        guard servers.count <= Self.serversMax else {
            throw MailPolicyError(
                code: .badNameServer,
                operation: "set up the DNS resolver",
                reason: "\(servers.count) servers are too many; name at most \(Self.serversMax)"
            )
        }
        self.servers = servers
        self.timing = timing
        self.thread = try ResolverThread(servers: servers, timing: timing, skipsFailing: true)
        self.reasons = try Self.open(servers, timing, beside: self.thread)
    }

    deinit {
        self.thread.stop()
        self.reasons.stop()
    }

    private static func open(
        _ servers: [NameServer],
        _ timing: ResolverTiming,
        beside thread: ResolverThread
    ) throws(MailPolicyError) -> ResolverThread {
        do {
            return try ResolverThread(servers: servers, timing: timing, skipsFailing: false)
        } catch {
            thread.stop()
            throw error
        }
    }

    /// Asks for the records of one type.
    ///
    /// Returns within ``ResolverTiming/total``, and at once when the task is cancelled.
    package func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        let deadline = ContinuousClock.now + self.timing.total
        var target = DomainName.withoutFinalDot(name)
        var seen: Set<String> = []
        while seen.count < Self.aliasesMax, seen.insert(target.lowercased()).inserted {
            let reply = await self.reply(to: target, type, by: deadline)
            guard let alias = reply.alias else {
                // Servers of a single zone refuse to speak of another one, into which they sent us.
                let leadsOut = seen.count > 1 && reply.answer == .temporaryFailure(.refused)
                return leadsOut ? .temporaryFailure(.unfollowedAlias) : reply.answer
            }
            target = alias
        }
        // A ring of aliases holds nothing, today and tomorrow.
        return .noData
    }

    private func reply(
        to name: String,
        _ type: DNSRecordType,
        by deadline: ContinuousClock.Instant
    ) async -> ResolverReply {
        let reply = await self.thread.reply(to: name, type, by: deadline)
        guard reply.answer == .temporaryFailure(.unreachable) else { return reply }
        return await self.reasons.reply(to: name, type, by: deadline)
    }
}
