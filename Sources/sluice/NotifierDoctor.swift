import Notifier
import Operations

/// The doctor's look at the notifier's settings, and at the server that takes its mail.
struct NotifierDoctor {
    private static let subject = "notifier"

    let settings: Settings

    /// Most hosts run no notifier, so that silence about it is no fault.
    func finding() async -> DoctorFinding {
        guard self.settings.text(.notifierFrom) != nil || self.settings.text(.notifierWebhookURL) != nil else {
            return DoctorFinding(
                Self.subject,
                .unknown,
                "It is not set up here.",
                mend: "Set notifier.from or notifier.webhook-url on the host that runs `sluice notifier`."
            )
        }
        do {
            return await self.finding(try NotifierParts(self.settings))
        } catch {
            return DoctorCommand.bad(Self.subject, error)
        }
    }

    private func finding(_ parts: NotifierParts) async -> DoctorFinding {
        if let webhook = parts.webhook {
            await webhook.shutdown()
            return DoctorFinding(Self.subject, .good, "Templates are good; notifications go to the webhook.")
        }
        if let sendmail = parts.sendmail {
            let words = "Templates are good; mail goes through the program notifier.sendmail."
            guard sendmail.needsPrivileges else { return DoctorFinding(Self.subject, .good, words) }
            return DoctorFinding(
                Self.subject,
                .warning,
                "\(words) It needs set-user-id or set-group-id, which sluice-notifier.service does not allow.",
                mend: "Remove notifier.sendmail: mail then goes by SMTP to notifier.smtp-host."
            )
        }
        if let fault = await parts.smtp?.probe() {
            return DoctorFinding(
                Self.subject,
                .bad,
                "The mail server does not take mail: \(fault)",
                mend: "Start a mail server there (apt-get install postfix), or set notifier.smtp-host to one that runs."
            )
        }
        let server = parts.smtp?.server.words ?? ""
        return DoctorFinding(Self.subject, .good, "Templates are good; the mail server answers (\(server)).")
    }
}
