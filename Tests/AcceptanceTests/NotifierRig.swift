import AMQP
import Foundation
import JobModel
import JobQueue

/// The mails of a spool folder, by what stands in them.
struct MailSpool {
    let folder: URL

    var mails: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder.path)) ?? []
        return names.filter { $0.hasSuffix(".eml") }.compactMap {
            try? String(contentsOf: self.folder.appending(path: $0), encoding: .utf8)
        }
    }

    func fields(_ name: String) -> [String] {
        self.mails.compactMap { mail in
            mail.split(separator: "\n").first { $0.hasPrefix("\(name): ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }.sorted()
    }
}

/// What tests of `sluice notifier` share.
enum NotifierRig {
    static func settings(_ road: Road, sendmail: String) -> [String: String] {
        [
            "SLUICE_NOTIFIER_FROM": "no-reply@gateway.example", "SLUICE_NOTIFIER_OPERATORS": "ops@gateway.example",
            "SLUICE_NOTIFIER_SENDMAIL": sendmail, "SLUICE_NOTIFIER_RETRY_DELAY": "1",
            "SLUICE_NOTIFIER_LEDGER_PATH": road.folder.appending(path: "notifier.sqlite").path,
        ]
    }

    /// Settings of a notifier that sends its mail by SMTP to a port of this host.
    static func settings(_ road: Road, smtpPort: Int) -> [String: String] {
        var settings = self.settings(road, sendmail: "")
        settings["SLUICE_NOTIFIER_SENDMAIL"] = nil
        settings["SLUICE_NOTIFIER_SMTP_HOST"] = "127.0.0.1"
        settings["SLUICE_NOTIFIER_SMTP_PORT"] = "\(smtpPort)"
        return settings
    }

    static func request(_ recipients: [String], job: JobID = JobID(UUID())) throws -> OutboundMessage {
        try self.event(
            .notificationRequested,
            NotificationRequested(
                .driftFound(
                    findings: [NotificationFinding(subject: .inboundConnector, name: "Example", drift: .missing)],
                    repaired: 0
                ),
                recipients: recipients,
                customer: "Contoso",
                language: nil
            ),
            job: job
        )
    }

    static func event(_ name: JobEventName, _ members: some Encodable, job: JobID) throws -> OutboundMessage {
        let run = JobRun(job: job, type: .connectTenant, tenant: TenantID(UUID()), replay: 0)
        return OutboundMessage(
            exchange: JobTopology.events,
            routingKey: name.rawValue,
            id: run.id(of: name, sequence: 3, teller: nil),
            type: name.messageType,
            correlationID: job.description,
            time: Date(),
            headers: [:],
            body: JobMessages(worker: "test").event(
                name,
                of: run,
                sequence: 3,
                attempt: 1,
                time: Date(),
                members: Array(try JSONEncoder().encode(members))
            )
        )
    }

    static let destination = Destination(
        exchange: JobTopology.events,
        routingKey: JobTopology.notifierKey
    )

    /// A request whose recipient would add a line to the mail's head.
    static func broken() throws -> Message {
        let good = try self.request(["admin@contoso.com"])
        let text = String(decoding: good.body, as: UTF8.self)
        var message = good.message
        message.body = Array(text.replacing("admin@contoso.com", with: #"a@b.example\nBcc: all@contoso.com"#).utf8)
        return message
    }

    static func program(_ text: String, in folder: URL) throws -> String {
        let file = folder.appending(path: "sendmail")
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file.path
    }
}
