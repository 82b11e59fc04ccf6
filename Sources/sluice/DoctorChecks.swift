import Desk
import Foundation
import JobModel
import Ledger
import MailPolicy
import Microsoft365
import Operations

/// The doctor's looks at this host: files, credentials, DNS.
struct DoctorChecks {
    /// How little room on a database's disk is worth a word, in bytes.
    private static let roomMin = 1_000_000_000
    /// How long before its end a certificate is worth a word, in days.
    private static let certificateNotice = 30
    /// A name that resolves wherever there is DNS, where the settings name none.
    private static let standardName = "login.microsoftonline.com"

    let settings: Settings
    let now: Date

    /// The worker's ledger, and the desk's database where this host has one.
    var databases: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do {
            let path = try self.settings.required(.ledgerPath)
            let isThere = FileManager.default.fileExists(atPath: path)
            // Made only to see that it can be, it is ours until it is gone again: no worker may begin with it meanwhile.
            let ledger = try Ledger(path: path, isOwner: !isThere)
            if !isThere { Self.forget(path) }
            withExtendedLifetime(ledger) {}
            findings.append(self.opened("ledger", path))
        } catch {
            findings.append(DoctorCommand.bad("ledger", error))
        }
        guard let path = self.settings.text(.deskPath), FileManager.default.fileExists(atPath: path) else {
            return findings
        }
        do {
            _ = try self.settings.desk()
            findings.append(self.opened("desk", path))
        } catch {
            findings.append(DoctorCommand.bad("desk", error))
        }
        return findings
    }

    /// Removes a database made only to see that it can be: one that belongs to whoever looked, such as root, would keep the
    /// worker from its own.
    private static func forget(_ path: String) {
        for end in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + end) }
    }

    private func opened(_ subject: String, _ path: String) -> DoctorFinding {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let room = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, room < Self.roomMin else {
            return DoctorFinding(subject, .good, "\(path) can be opened and written.")
        }
        return DoctorFinding(
            subject,
            .warning,
            "\(path) can be opened and written; its disk has \(room / 1_000_000) MB left.",
            mend: "Make room: a worker that cannot write its ledger takes no jobs."
        )
    }

    /// Until when the credentials are good.
    var expiry: DoctorFinding {
        let subject = "credentials' expiry"
        guard let pem = try? self.settings.secret(.microsoftCertificateFile) else {
            return DoctorFinding(
                subject,
                .unknown,
                "A client secret does not tell when it ends.",
                mend: "Look under Certificates & secrets of the app registration, or use a certificate."
            )
        }
        guard let dates = CertificateDates(pem: pem) else {
            return DoctorFinding(
                subject,
                .bad,
                "microsoft.certificate-file holds no certificate.",
                mend: "Put a certificate in PEM into it."
            )
        }
        let days = Int(dates.ends.timeIntervalSince(self.now) / 86_400)
        let mend = "Make a new certificate, add it to the app registration, then replace the files."
        if dates.begins > self.now || dates.ends < self.now {
            let words = dates.ends < self.now ? "ended at \(Timestamp.text(dates.ends))" : "is not good yet"
            return DoctorFinding(subject, .bad, "The certificate \(words).", mend: mend)
        }
        let words = "The certificate is good for \(days) days more, until \(Timestamp.text(dates.ends))."
        return days < Self.certificateNotice
            ? DoctorFinding(subject, .warning, words, mend: mend) : DoctorFinding(subject, .good, words)
    }

    /// Whether DNS answers at all; that a name does not exist is an answer too.
    func dns() async -> DoctorFinding {
        let resolver: Resolver
        do {
            resolver = try self.settings.resolver()
        } catch {
            return DoctorCommand.bad("dns", error)
        }
        let name = (self.settings.list(.gatewayMXHosts) + self.settings.list(.gatewaySmartHosts)).first
        let servers = resolver.servers.map(\.description).joined(separator: ", ")
        switch await resolver.lookup(name ?? Self.standardName, .a) {
        case .temporaryFailure(let failure):
            return DoctorFinding(
                "dns",
                .bad,
                "\(servers) did not answer for \(name ?? Self.standardName): \(failure.rawValue).",
                mend: "Check dns.resolvers, or the host's own resolver."
            )
        case .records, .noData, .nxDomain:
            return DoctorFinding("dns", .good, "\(servers.isEmpty ? "The system's resolver" : servers) answers.")
        }
    }
}
