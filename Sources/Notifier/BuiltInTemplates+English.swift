import JobModel

extension BuiltInTemplates {
    static func english(_ template: NotificationTemplate) -> String {
        switch template {
        case .tenantConnected: self.tenantConnected
        case .tenantDisconnected: self.tenantDisconnected
        case .outboundConnectorEnabled: self.outboundConnectorEnabled
        case .outboundConnectorDisabled: self.outboundConnectorDisabled
        case .driftFound: self.driftFound
        case .connectionLost: self.connectionLost
        case .messagePulled: self.messagePulled
        case .messageRestored: self.messageRestored
        case .directoryHeld: self.directoryHeld
        case .jobDied: self.jobDied
        }
    }

    private static let tenantConnected = """
        Subject: {{name}} is connected to {{gateway}}

        {{name}} is connected to {{gateway}}; {{changes}} objects were made or changed in Microsoft 365.

        {{#domains}}
        - {{.}}
        {{/domains}}
        {{^domains}}
        No domain was imported for mail flow yet.
        {{/domains}}

        Outgoing mail does not go through {{gateway}} before the outbound connector is enabled.

        {{>foot}}
        """

    private static let tenantDisconnected = """
        Subject: {{name}} is disconnected from {{gateway}}

        {{gateway}} no longer takes part in the mail of {{name}}; {{changes}} objects were removed or changed in Microsoft 365.

        What is left of {{gateway}} there:

        {{#remains}}
        - {{.}}
        {{/remains}}
        {{^remains}}
        - nothing
        {{/remains}}

        {{>foot}}
        """

    private static let outboundConnectorEnabled = """
        Subject: Outgoing mail of {{name}} now goes through {{gateway}}

        The outbound connector is enabled. Mail from these domains leaves through {{gateway}}:

        {{#domains}}
        - {{.}}
        {{/domains}}

        {{>foot}}
        """

    private static let outboundConnectorDisabled = """
        Subject: Outgoing mail of {{name}} no longer goes through {{gateway}}

        The outbound connector is disabled. Microsoft 365 sends the mail of {{name}} by itself again.
        {{#reason}}

        The reason: {{.}}
        {{/reason}}

        {{>foot}}
        """

    private static let driftFound = """
        Subject: The connection of {{name}} was changed by somebody else

        Objects of {{gateway}} in Microsoft 365 are not as they were set up:

        {{#findings}}
        - {{.}}
        {{/findings}}

        Put right by now: {{repaired}}. If nobody changed them on purpose, look at the audit log of the tenant.

        {{>foot}}
        """

    private static let connectionLost = """
        Subject: {{gateway}} no longer has access to {{name}}

        {{title}}: {{detail}}

        {{advice}}

        Until then nothing of {{name}} can be verified, repaired or pulled.

        {{>foot}}
        """

    private static let messagePulled = """
        Subject: A message was pulled out of mailboxes of {{name}}

        The message was looked for in {{targets}} mailboxes. Copies by what became of them:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}

        Everything that was pulled can be restored to where it was.

        {{>foot}}
        """

    private static let messageRestored = """
        Subject: A message was put back into mailboxes of {{name}}

        What had been pulled was looked for in {{targets}} mailboxes. Copies by what became of them:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}

        {{>foot}}
        """

    private static let directoryHeld = """
        Subject: The directory of {{name}} was not synchronised: a decision is needed

        The synchronisation would remove {{removals}} of {{known}} users and groups, which is more than may go unasked.
        Nothing was removed.

        If this is what happened in the directory, allow it and start the synchronisation again.

        {{>foot}}
        """

    private static let jobDied = """
        Subject: Dead letter: {{jobType}} of {{name}} ({{code}}){{#untold}}, and {{.}} more{{/untold}}

        {{title}}: {{detail}}

        {{advice}}

        {{#untold}}
        Besides it, {{.}} jobs of this type died of the same since the last mail about them.
        {{/untold}}

        All of them are kept among the dead letters until somebody decides: sluice dead list --code {{code}}

        {{>foot}}
        """

    static let englishFoot = "Job {{job}} ({{jobType}}), tenant {{tenant}}, {{time}}.\n"
}
