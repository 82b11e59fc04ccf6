/// The kinds of record that mail policy asks for.
package enum DNSRecordType: String, Sendable, CaseIterable {
    /// An IPv4 address.
    case a = "A"
    /// An IPv6 address.
    case aaaa = "AAAA"
    /// A mail exchanger.
    case mx = "MX"
    /// A name server.
    case ns = "NS"
    /// A name for an address.
    case ptr = "PTR"
    /// The start of a zone.
    case soa = "SOA"
    /// Text.
    case txt = "TXT"
}

/// One record of an answer.
package enum DNSRecord: Sendable, Hashable {
    /// An address, IPv4 for A and IPv6 for AAAA.
    case address(IPAddress)
    /// A mail exchanger; the name has no dot at its end, and is empty for "takes no mail" (RFC 7505).
    case mailExchange(preference: UInt16, host: String)
    /// The name of a name server.
    case nameServer(String)
    /// The name that a PTR record gives.
    case name(String)
    /// The start of a zone: its primary server and its serial number.
    case zone(primary: String, serial: UInt32)
    /// The strings of a TXT record, joined without anything between them (RFC 7208, 3.3).
    case text([UInt8])

    /// A TXT record with that text.
    package static func text(_ text: String) -> DNSRecord { .text(Array(text.utf8)) }
}

/// What DNS says to one question; the four are never mixed up.
package enum DNSAnswer: Sendable, Hashable {
    /// There are records; never empty.
    case records([DNSRecord])
    /// The name exists, without records of this type.
    case noData
    /// The name does not exist (RCODE 3), or cannot be a name at all.
    case nxDomain
    /// Nobody knows: the same question may be answered later.
    case temporaryFailure(DNSFailure)

    /// The records, none in the other three cases.
    var records: [DNSRecord] {
        guard case .records(let records) = self else { return [] }
        return records
    }
}

/// Why an answer is not known.
package enum DNSFailure: String, Sendable, CaseIterable {
    /// The server says that it failed (SERVFAIL).
    case serverFailure = "the server failed (SERVFAIL)"
    /// The server does not answer us (REFUSED).
    case refused = "the server refused (REFUSED)"
    /// The server does not do what was asked (NOTIMP, FORMERR).
    case notUnderstood = "the server did not understand the question"
    /// No answer in time.
    case timedOut = "no answer in time"
    /// Nobody listens there.
    case unreachable = "no server could be reached"
    /// What came is not a DNS answer to the question.
    case malformed = "the answer is malformed"
    /// The server gave an alias and refuses to speak of its target, as servers of a single zone do.
    case unfollowedAlias = "the server gave an alias that leads out of its zone"
    /// The server does not decide about the name and names those who do, as the servers of the zone above do.
    case delegated = "the server refers to others"
    /// The asking task was cancelled.
    case cancelled = "the question was cancelled"
    /// Too many questions at once, or this machine had no means left.
    case overloaded = "too many questions at once"
}
