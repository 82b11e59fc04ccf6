import ArgumentParser
import Foundation
import MailPolicy

/// What a receiver will think of mail from an address.
struct SPFCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf",
        abstract: "Check whether a server may send mail for a domain (RFC 7208).",
        discussion: """
            Example: sluice spf contoso.com --ip 192.0.2.25 --resolver 192.0.2.53 --resolver 192.0.2.54:5353

            Prints the result, the mechanism that decided, the lookups used, and every term that was tried. Exit status 0 \
            on pass, 1 on every other result, 2 on wrong use. Asks the servers of --resolver, else those of dns.resolvers, \
            else the system's.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The domain whose record is checked.")
    var domain: String
    @Option(name: .customLong("ip"), help: "The address of the sending server, IPv4 or IPv6.")
    var address: String
    @Option(
        parsing: .unconditional,
        help: "The sender's address. Default: postmaster of the domain; empty: postmaster at HELO."
    )
    var sender: String?
    @Option(parsing: .unconditional, help: "The name that the server gives in HELO. Default: the domain.")
    var helo: String?
    @Option(
        parsing: .singleValue,
        help: "A DNS server, address or address:port, asked in the order given. May be repeated."
    )
    var resolver: [String] = []
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let domain = try self.asciiDomain()
        let question = try self.question(about: domain)
        let resolver = try await self.openResolver()
        let lookup = TimedLookup(resolver, until: .now + TimedLookup.checkLimit)
        let verdict = await SPFCheck(lookup: lookup).verdict(question)
        let exchange = await MailExchange.find(domain, lookup)
        let report = SPFReport(question, verdict, exchange)
        if self.json { try Terminal.say(json: report) } else { report.lines.forEach { Terminal.say($0) } }
        if verdict.result != .pass { throw ExitCode(1) }
    }

    /// What RFC 7208 calls a malformed domain has the result `none`; what nobody could mean as a domain is wrong use.
    private func asciiDomain() throws -> String {
        let isDomain = self.domain.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        guard isDomain, !self.domain.isEmpty, !self.domain.contains(where: { "@/\\".contains($0) }),
            let domain = DomainName.ascii(self.domain)
        else { throw CommandFailure.misuse("not a domain: '\(self.domain)'; give a name such as contoso.com") }
        return domain
    }

    private func question(about domain: String) throws -> SPFQuestion {
        guard let address = IPAddress(self.address) else {
            throw CommandFailure.misuse("--ip is not an IPv4 or IPv6 address: \(self.address)")
        }
        return SPFQuestion(
            address: address,
            domain: domain,
            sender: self.sender,
            helo: self.helo,
            receiver: ProcessInfo.processInfo.hostName
        )
    }

    private func openResolver() async throws -> Resolver {
        do {
            if !self.resolver.isEmpty { return try Resolver(servers: self.resolver.map { try NameServer($0) }) }
        } catch let error as MailPolicyError {
            throw CommandFailure.misuse("--resolver: \(error.reason)")
        }
        return try await self.common.settings().resolver()
    }
}

/// What is printed of a check.
private struct SPFReport: Encodable {
    struct Exchange: Encodable {
        let preference: UInt16
        let host: String
    }

    let result: String
    let domain: String
    let ip: String
    let sender: String
    let helo: String
    let mechanism: String?
    let mechanismDomain: String?
    let record: String?
    let reason: String?
    let explanation: String?
    let lookups: Int
    let voidLookups: Int
    /// Absent when DNS did not say.
    let mx: [Exchange]?
    let trace: [SPFStep]

    init(_ question: SPFQuestion, _ verdict: SPFVerdict, _ exchange: MailExchange.Finding) {
        self.result = verdict.result.rawValue
        self.domain = question.domain
        self.ip = question.address.description
        self.sender = question.sender
        self.helo = question.helo
        self.mechanism = verdict.mechanism
        self.mechanismDomain = verdict.mechanism.map { _ in verdict.domain }
        self.record = verdict.record
        self.reason = verdict.reason
        self.explanation = verdict.explanation
        self.lookups = verdict.lookups
        self.voidLookups = verdict.voids
        self.mx =
            switch exchange {
            case .exchanges(let exchanges): exchanges.map { Exchange(preference: $0.preference, host: $0.host) }
            case .none: []
            case .unknown: nil
            }
        self.trace = verdict.trace
    }

    /// The report for people.
    var lines: [String] {
        var lines = ["\(self.result): \(self.ip) for \(self.domain)"]
        if let mechanism { lines.append("  decided by    \(mechanism) (\(self.mechanismDomain ?? self.domain))") }
        if let reason { lines.append("  reason        \(reason)") }
        if let record { lines.append("  record        \(record)") }
        if let explanation { lines.append("  explanation   the domain says: \(explanation)") }
        lines.append("  lookups used  \(self.lookups) of 10, \(self.voidLookups) of 2 without an answer")
        if let mx {
            let hosts = mx.map { "\($0.preference) \($0.host.isEmpty ? "." : $0.host)" }.joined(separator: ", ")
            lines.append("  takes mail at \(hosts.isEmpty ? "no MX record" : hosts)")
        }
        for step in self.trace {
            let margin = String(repeating: "  ", count: step.depth + 2)
            lines.append("\(margin)\(step.domain)  \(step.term): \(step.outcome)")
            lines += step.lookups.map { "\(margin)    \($0)" }
        }
        return lines
    }
}
