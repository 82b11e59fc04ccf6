import ArgumentParser
import Foundation
import JobModel
import Ledger

/// Writes the record out.
struct JobsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the record of what jobs did as lines of JSON, a hash chain per tenant.",
        discussion: """
            Example: sluice jobs export --tenant 11111111-2222-4333-8444-555555555555 > record.ndjson

            Every line has tenant, position, previous, job, replay, message, type, time, body and hash. The hash is SHA-256 of \
            previous, tenant, position, job, replay, message, type and time, each followed by a line feed, and then body. \
            `sluice jobs verify FILE` checks it anywhere.
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "Only this tenant.")
    var tenant: String?

    func run() async throws {
        let ledger = try await self.common.settings().existingLedger()
        try await ledger.walk(self.tenant) { entry, number in
            guard let entry else { throw CommandFailure.failed("row \(number) of the record cannot be read") }
            Terminal.say(jsonText: try entry.line())
        }
    }
}

/// Checks the record.
struct JobsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nobody has changed the record: an exported file, or this host's ledger.",
        discussion: """
            Example: sluice jobs verify record.ndjson --head 5f2c…

            A file needs neither ledger nor broker. What was cut off at the end shows only against a hash that was kept \
            elsewhere: --head names the last hash that has to be there. Exit status 1 when anything is broken. --json prints \
            an object: entries, heads (tenant, position, hash) and breaks (line, reason).
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "A file that export wrote; without it this host's ledger.")
    var file: String?
    @Option(help: "Only this tenant, of the ledger.")
    var tenant: String?
    @Option(help: "A hash that one of the chains has to end with.")
    var head: String?
    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        struct Head: Encodable {
            let tenant: String
            let position: Int
            let hash: String
        }

        let entries: Int
        let heads: [Head]
        let breaks: [RecordCheck.Break]
    }

    func run() async throws {
        let check = try await self.check()
        let heads = check.heads.sorted { $0.key < $1.key }.map {
            Report.Head(tenant: $0.key, position: $0.value.position, hash: $0.value.hash)
        }
        if self.json {
            try Terminal.say(json: Report(entries: check.count, heads: heads, breaks: check.breaks))
        } else {
            for found in check.breaks { Terminal.say("line \(found.line): \(found.reason)") }
            for head in heads { Terminal.say("\(head.tenant) ends with entry \(head.position), \(head.hash)") }
            Terminal.say("\(check.count) entries were checked")
        }
        if !check.breaks.isEmpty { throw CommandFailure.failed("the record is broken in \(check.breaks.count) places") }
        if let head, !heads.contains(where: { $0.hash == head }) {
            throw CommandFailure.failed("no chain ends with \(head): entries are missing, or newer ones follow")
        }
    }

    private func check() async throws -> RecordCheck {
        var check = RecordCheck()
        guard let file else {
            let ledger = try await self.common.settings().existingLedger()
            try await ledger.walk(self.tenant) { entry, number in check.look(at: entry, line: Int(number)) }
            return check
        }
        guard let content = FileManager.default.contents(atPath: file) else {
            throw CommandFailure.misuse("cannot read the file \(file)")
        }
        for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            check.look(at: RecordEntry(line: String(decoding: line, as: UTF8.self)), line: index + 1)
        }
        return check
    }
}

extension Ledger {
    /// How many entries are read at once.
    private static let pageSize = 500

    /// Gives every entry of the record in order, with its row number; nil for one that cannot be read.
    fileprivate func walk(_ tenant: String?, _ look: (RecordEntry?, Int64) throws -> Void) async throws {
        let chosen = try tenant.map { text in
            guard let tenant = TenantID(text) else { throw CommandFailure.misuse("not a tenant GUID: \(text)") }
            return tenant
        }
        var last: Int64 = 0
        while true {
            let page = try await self.record(of: chosen, after: last, limit: Self.pageSize)
            guard let end = page.last else { return }
            for (number, entry) in page { try look(entry, number) }
            last = end.number
        }
    }
}
