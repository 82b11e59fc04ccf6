import CAres
import Glibc

/// Turns the bytes of an answer into records, by the library's own readers.
enum ResolverRecords {
    /// Why the bytes could not be read.
    struct Unreadable: Error { let reason: DNSFailure }

    /// More records of an answer are left out.
    private static let recordsMax = 256

    /// The records of one type; empty when there are none.
    static func read(_ message: UnsafeBufferPointer<UInt8>, _ type: DNSRecordType) -> Result<[DNSRecord], Unreadable> {
        switch type {
        case .a: self.addresses(message)
        case .aaaa: self.longAddresses(message)
        case .mx: self.mailExchanges(message)
        case .ns: self.names(message, ares_parse_ns_reply, DNSRecord.nameServer)
        case .ptr:
            self.names(message, { ares_parse_ptr_reply($0, $1, nil, 0, AF_INET, $2) }, DNSRecord.name)
        case .soa: self.zone(message)
        case .txt: self.texts(message)
        }
    }

    private static func outcome(_ status: Int32, _ records: [DNSRecord]) -> Result<[DNSRecord], Unreadable> {
        switch status {
        case ARES_SUCCESS: .success(Array(records.prefix(self.recordsMax)))
        case ARES_ENODATA: .success([])
        case ARES_ENOMEM: .failure(Unreadable(reason: .overloaded))
        default: .failure(Unreadable(reason: .malformed))
        }
    }

    private static func addresses(_ message: UnsafeBufferPointer<UInt8>) -> Result<[DNSRecord], Unreadable> {
        var found = [ares_addrttl](repeating: ares_addrttl(), count: self.recordsMax)
        var count = Int32(self.recordsMax)
        let status = ares_parse_a_reply(message.baseAddress, Int32(message.count), nil, &found, &count)
        let addresses = found.prefix(max(0, Int(count))).compactMap { entry in
            withUnsafeBytes(of: entry.ipaddr) { IPAddress(bytes: $0) }
        }
        return self.outcome(status, status == ARES_SUCCESS ? addresses.map(DNSRecord.address) : [])
    }

    private static func longAddresses(_ message: UnsafeBufferPointer<UInt8>) -> Result<[DNSRecord], Unreadable> {
        var found = [ares_addr6ttl](repeating: ares_addr6ttl(), count: self.recordsMax)
        var count = Int32(self.recordsMax)
        let status = ares_parse_aaaa_reply(message.baseAddress, Int32(message.count), nil, &found, &count)
        let addresses = found.prefix(max(0, Int(count))).compactMap { entry in
            withUnsafeBytes(of: entry.ip6addr) { IPAddress(bytes: $0) }
        }
        return self.outcome(status, status == ARES_SUCCESS ? addresses.map(DNSRecord.address) : [])
    }

    private static func mailExchanges(_ message: UnsafeBufferPointer<UInt8>) -> Result<[DNSRecord], Unreadable> {
        var first: UnsafeMutablePointer<ares_mx_reply>?
        let status = ares_parse_mx_reply(message.baseAddress, Int32(message.count), &first)
        defer { ares_free_data(first) }
        let records = sequence(first: first, next: { $0?.pointee.next }).prefix(self.recordsMax).compactMap { entry in
            entry.map { entry in
                DNSRecord.mailExchange(preference: entry.pointee.priority, host: self.text(entry.pointee.host))
            }
        }
        return self.outcome(status, records)
    }

    private typealias NameReader = (
        UnsafePointer<UInt8>?, Int32, UnsafeMutablePointer<UnsafeMutablePointer<hostent>?>?
    ) -> Int32

    /// NS and PTR answers: the library lists the names as aliases of a host.
    private static func names(
        _ message: UnsafeBufferPointer<UInt8>,
        _ read: NameReader,
        _ record: (String) -> DNSRecord
    ) -> Result<[DNSRecord], Unreadable> {
        var host: UnsafeMutablePointer<hostent>?
        let status = read(message.baseAddress, Int32(message.count), &host)
        guard let host else { return self.outcome(status, []) }
        defer { ares_free_hostent(host) }
        var names: [DNSRecord] = []
        var next = host.pointee.h_aliases
        while let entry = next, let name = entry.pointee, names.count < self.recordsMax {
            names.append(record(self.text(name)))
            next = entry.advanced(by: 1)
        }
        return self.outcome(status, names)
    }

    private static func zone(_ message: UnsafeBufferPointer<UInt8>) -> Result<[DNSRecord], Unreadable> {
        var found: UnsafeMutablePointer<ares_soa_reply>?
        let status = ares_parse_soa_reply(message.baseAddress, Int32(message.count), &found)
        defer { ares_free_data(found) }
        let records = found.map {
            [DNSRecord.zone(primary: self.text($0.pointee.nsname), serial: $0.pointee.serial)]
        }
        return self.outcome(status, records ?? [])
    }

    /// The strings of a record come one by one, the first of each record marked.
    private static func texts(_ message: UnsafeBufferPointer<UInt8>) -> Result<[DNSRecord], Unreadable> {
        var first: UnsafeMutablePointer<ares_txt_ext>?
        let status = ares_parse_txt_reply_ext(message.baseAddress, Int32(message.count), &first)
        defer { ares_free_data(first) }
        var texts: [[UInt8]] = []
        var next = first
        while let entry = next, texts.count <= self.recordsMax {
            let bytes = UnsafeBufferPointer(start: entry.pointee.txt, count: entry.pointee.length)
            if entry.pointee.record_start != 0 || texts.isEmpty { texts.append([]) }
            texts[texts.count - 1] += bytes
            next = entry.pointee.next
        }
        return self.outcome(status, texts.map { DNSRecord.text($0) })
    }

    private static func text(_ bytes: UnsafeMutablePointer<CChar>?) -> String {
        bytes.map { DomainName.withoutFinalDot(String(cString: $0)) } ?? ""
    }
}
