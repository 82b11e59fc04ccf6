import CAres
import Glibc

/// The calls on a c-ares channel: how it is set up, asked and understood.
enum ResolverChannel {
    /// What a UDP answer may measure without being broken up on its way (DNS flag day 2020).
    private static let datagramBytes: Int32 = 1_232

    private static let library: Int32 = ares_library_init(ARES_LIB_INIT_ALL)

    static func open(
        servers: [NameServer],
        timing: ResolverTiming,
        skipsFailing: Bool
    ) throws(MailPolicyError) -> ares_channel {
        var options = ares_options()
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS
        if !skipsFailing { options.flags |= ARES_FLAG_NOCHECKRESP }
        options.timeout = Int32(clamping: Int64(timing.attempt / .milliseconds(1)))
        options.tries = Int32(clamping: timing.tries)
        options.ednspsz = self.datagramBytes
        let mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_NOROTATE
        var channel: ares_channel?
        guard self.library == ARES_SUCCESS, ares_init_options(&channel, &options, mask) == ARES_SUCCESS, let channel
        else { throw self.unavailable("c-ares could not start; check /etc/resolv.conf") }
        guard servers.isEmpty || self.set(servers, on: channel) else {
            ares_destroy(channel)
            throw self.unavailable("c-ares refused the servers \(servers.map(\.description).joined(separator: ", "))")
        }
        return channel
    }

    private static func set(_ servers: [NameServer], on channel: ares_channel) -> Bool {
        let list = servers.map(\.description).joined(separator: ",")
        return ares_set_servers_ports_csv(channel, list) == ARES_SUCCESS
    }

    private static func unavailable(_ reason: String) -> MailPolicyError {
        MailPolicyError(code: .resolverUnavailable, operation: "set up the DNS resolver", reason: reason)
    }

    /// Sends a question; the library calls back in this thread, at the latest when the channel is destroyed.
    static func ask(_ channel: ares_channel, _ query: ResolverQuery) {
        guard DomainName.isWellFormed(query.name) else { return query.settle(.nxDomain) }
        // The library's one escape: a backslash would take the character after it literally.
        let name = query.name.replacing("\\", with: "\\\\")
        let argument = Unmanaged.passRetained(query).toOpaque()
        ares_query(channel, name, 1, query.type.code, self.answered, argument)
    }

    private static let answered: ares_callback = { argument, status, _, bytes, length in
        guard let argument else { return }
        let query = Unmanaged<ResolverQuery>.fromOpaque(argument).takeRetainedValue()
        if status == ARES_ENODATA, let bytes,
            ResolverReferral.isReferral(UnsafeBufferPointer(start: bytes, count: Int(length)))
        {
            return query.settle(.temporaryFailure(.delegated))
        }
        guard status == ARES_SUCCESS else { return query.settle(answer(for: status)) }
        guard let bytes else { return query.settle(.temporaryFailure(.malformed)) }
        query.settle(reply(UnsafeBufferPointer(start: bytes, count: Int(length)), query))
    }

    private static func reply(_ message: UnsafeBufferPointer<UInt8>, _ query: ResolverQuery) -> ResolverReply {
        switch ResolverRecords.read(message, query.type) {
        case .success(let records) where !records.isEmpty: ResolverReply(answer: .records(records))
        case .success: ResolverReply(answer: .noData, alias: ResolverAliases.target(of: query.name, in: message))
        case .failure(let failure): ResolverReply(answer: .temporaryFailure(failure.reason))
        }
    }

    private static func answer(for status: Int32) -> DNSAnswer {
        switch status {
        case ARES_ENODATA: .noData
        case ARES_ENOTFOUND, ARES_EBADNAME: .nxDomain
        case ARES_ESERVFAIL: .temporaryFailure(.serverFailure)
        case ARES_EREFUSED: .temporaryFailure(.refused)
        case ARES_EFORMERR, ARES_ENOTIMP: .temporaryFailure(.notUnderstood)
        case ARES_ETIMEOUT: .temporaryFailure(.timedOut)
        case ARES_ECONNREFUSED: .temporaryFailure(.unreachable)
        case ARES_ECANCELLED, ARES_EDESTRUCTION: .temporaryFailure(.cancelled)
        case ARES_ENOMEM: .temporaryFailure(.overloaded)
        default: .temporaryFailure(.malformed)
        }
    }
}

extension DNSRecordType {
    /// The number on the wire (RFC 1035, 3.2.2; RFC 3596, 2.1).
    fileprivate var code: Int32 {
        switch self {
        case .a: 1
        case .ns: 2
        case .soa: 6
        case .ptr: 12
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        }
    }
}
