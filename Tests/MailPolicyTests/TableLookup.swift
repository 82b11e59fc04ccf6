import Foundation
@testable import MailPolicy
import Testing

/// DNS as a table: what is not in it does not exist.
struct TableLookup: DNSLookup {
    /// The records of each name, in lower case.
    var names: [String: [DNSRecord]]
    /// Answers that take the place of the table's, by `TYPE name`.
    var answers: [String: DNSAnswer] = [:]

    func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        let name = name.lowercased()
        if let answer = self.answers["\(type.rawValue) \(name)"] { return answer }
        guard let all = self.names[name] else { return .nxDomain }
        let records = all.filter { self.type(of: $0) == type }
        return records.isEmpty ? .noData : .records(records)
    }

    private func type(of record: DNSRecord) -> DNSRecordType {
        switch record {
        case .address(let address): address.isIPv4 ? .a : .aaaa
        case .mailExchange: .mx
        case .nameServer: .ns
        case .name: .ptr
        case .zone: .soa
        case .text: .txt
        }
    }
}

extension DNSRecord {
    static func at(_ text: String) -> DNSRecord { .address(text.address) }
    static func mx(_ host: String, _ preference: UInt16 = 10) -> DNSRecord {
        .mailExchange(preference: preference, host: host)
    }
    static func spf(_ terms: String) -> DNSRecord { .text("v=spf1 " + terms) }
}

extension String {
    /// For literals in tests; what is no address becomes the unspecified one.
    var address: IPAddress {
        guard let address = IPAddress(self) ?? IPAddress(bytes: [0, 0, 0, 0]) else { preconditionFailure("no address") }
        return address
    }
}

/// One check in a table of checks.
struct SPFCase: Sendable, CustomTestStringConvertible {
    /// The terms of example.com's record.
    let terms: String
    let result: SPFResult
    var ip = "192.0.2.3"
    var sender = "strong-bad@email.example.com"
    var helo = "mail.example.com"

    init(
        _ terms: String,
        _ result: SPFResult,
        ip: String = "192.0.2.3",
        sender: String = "strong-bad@email.example.com"
    ) {
        self.terms = terms
        self.result = result
        self.ip = ip
        self.sender = sender
    }

    var testDescription: String { "\(self.terms) from \(self.ip)" }

    /// Checks example.com, its record in the place of the table's.
    func verdict(_ names: [String: [DNSRecord]] = [:], _ answers: [String: DNSAnswer] = [:]) async -> SPFVerdict {
        var names = names
        names["example.com", default: []].append(.spf(self.terms))
        return await check(names, ip: self.ip, sender: self.sender, helo: self.helo, answers: answers)
    }
}

/// One check against a table.
func check(
    _ names: [String: [DNSRecord]],
    domain: String = "example.com",
    ip: String = "192.0.2.3",
    sender: String? = nil,
    helo: String? = nil,
    answers: [String: DNSAnswer] = [:]
) async -> SPFVerdict {
    let question = SPFQuestion(
        address: ip.address,
        domain: domain,
        sender: sender,
        helo: helo,
        receiver: "receiver.example"
    )
    return await SPFCheck(lookup: TableLookup(names: names, answers: answers), now: .init(timeIntervalSince1970: 7))
        .verdict(question)
}
