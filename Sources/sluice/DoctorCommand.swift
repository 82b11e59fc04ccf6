import AMQP
import ArgumentParser
import Executors
import Foundation
import JobModel
import Logging
import Microsoft365
import Operations

/// What is in force and what is wrong, each with its mend.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, broker, topology, clock, databases, DNS, credentials and permissions.",
        discussion: """
            Example: sluice doctor --tenant 11111111-2222-4333-8444-555555555555

            Every line is a tick, a warning (!), a fault (✗) or a question that could not be answered (?), with its mend. \
            Without --tenant credentials are read but not tried. Policies and disk limit are looked at where rabbitmqctl \
            answers on this host.

            --json prints an object: settings (those with a value; never a secret) and findings, an array of objects with \
            subject, status (good, warning, bad, unknown), detail and mend. Exit status 1 when something is bad.
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "A tenant to try the credentials in, and to compare its grants with what the jobs need.")
    var tenant: String?
    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let settings: [String: String]
        let findings: [DoctorFinding]
    }

    func run() async throws {
        let settings = try await self.common.settings()
        let tenant = try self.tenant.map { text in
            guard let tenant = TenantID(text) else { throw CommandFailure.misuse("--tenant is not a GUID: \(text)") }
            return tenant
        }
        let findings = await self.findings(settings, tenant: tenant)
        if self.json {
            try Terminal.say(json: Report(settings: self.inForce(settings), findings: findings))
        } else {
            for (name, value) in self.inForce(settings).sorted(by: { $0.key < $1.key }) {
                Terminal.say("  \(name) = \(value)")
            }
            for finding in findings { Self.show(finding) }
        }
        if findings.contains(where: { $0.status == .bad }) { throw ExitCode(1) }
    }

    private func findings(_ settings: Settings, tenant: TenantID?) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        do {
            let broker = try settings.broker(name: "sluice doctor")
            findings += await BrokerDoctor.examine(broker) { Date() }
            findings += await BrokerHost.examine(host: broker.host)
        } catch {
            findings.append(Self.bad("broker", error))
        }
        let checks = DoctorChecks(settings: settings, now: Date())
        findings += checks.databases
        findings.append(self.gateway(settings))
        findings.append(await NotifierDoctor(settings: settings).finding())
        findings.append(await checks.dns())
        findings.append(checks.expiry)
        return findings + (await self.microsoft(settings, tenant: tenant))
    }

    private func gateway(_ settings: Settings) -> DoctorFinding {
        do {
            let gateway = try settings.gateway()
            return DoctorFinding("gateway", .good, "The profile of \(gateway.name) is complete.")
        } catch let problem as Problem {
            return DoctorFinding("gateway", .bad, problem.detail, mend: "Mend the setting it names.")
        } catch {
            return Self.bad("gateway", error)
        }
    }

    private func microsoft(_ settings: Settings, tenant: TenantID?) async -> [DoctorFinding] {
        let application: Application
        let endpoints: CloudEndpoints
        do {
            (application, endpoints) = (try settings.application(), try settings.endpoints())
        } catch {
            return [Self.bad("credentials", error)]
        }
        guard let tenant else {
            return [
                DoctorFinding(
                    "credentials",
                    .unknown,
                    "They can be read; whether Microsoft takes them was not tried.",
                    mend: "Give --tenant to try them."
                )
            ]
        }
        let transport = Transport()
        let client = Microsoft365(
            tenant: tenant.uuid,
            application: application,
            endpoints: endpoints,
            limits: .standard,
            transport: transport,
            logger: Logger(label: "sluice.doctor") { _ in SwiftLogNoOpLogHandler() }
        )
        let findings = await PermissionDoctor.examine(client)
        try? await transport.shutdown()  // the process ends anyway
        return findings
    }

    /// What could not be looked at, with the reason.
    static func bad(_ subject: String, _ error: any Error) -> DoctorFinding {
        let sentence = (error as? CommandFailure)?.sentence ?? "\(error)"
        return DoctorFinding(subject, .bad, sentence, mend: "Mend the setting or file it names.")
    }

    /// Every setting that has a value; a setting never holds a secret, only the name of a file that does.
    private func inForce(_ settings: Settings) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: Setting.allCases.compactMap { setting in
                settings.line(setting).map { (setting.rawValue, $0) }
            }
        )
    }

    private static func show(_ finding: DoctorFinding) {
        let mark =
            switch finding.status {
            case .good: "✓"
            case .warning: "!"
            case .bad: "✗"
            case .unknown: "?"
            }
        Terminal.say("\(mark) \(finding.subject): \(finding.detail)")
        if let mend = finding.mend { Terminal.say("    \(mend)") }
    }
}
