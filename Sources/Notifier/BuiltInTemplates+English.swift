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

        {{name}} is connected to {{gateway}}; {{#changesIsOne}}1 object was{{/changesIsOne}}\
        {{^changesIsOne}}{{changes}} objects were{{/changesIsOne}} created or changed in Microsoft 365.

        {{#domains}}
        - {{.}}
        {{/domains}}
        {{^domains}}
        No domain was imported for mail flow yet.
        {{/domains}}

        Outgoing mail does not go through {{gateway}} until the outbound connector is enabled.

        {{>foot}}
        """

    private static let tenantDisconnected = """
        Subject: {{name}} is disconnected from {{gateway}}

        {{gateway}} no longer takes part in the mail of {{name}}; {{#changesIsOne}}1 object \
        was{{/changesIsOne}}{{^changesIsOne}}{{changes}} objects were{{/changesIsOne}} removed or changed in \
        Microsoft 365.

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

        Repaired so far: {{repaired}}. If nobody made these changes on purpose, the audit log of the tenant shows \
        who did.

        {{>foot}}
        """

    private static let connectionLost = """
        Subject: {{gateway}} no longer has access to {{name}}

        {{title}}: {{detail}}

        {{advice}}

        Until then nothing of {{name}} can be verified, repaired or pulled.

        {{>foot}}
        """

    /// Which message, why, and what became of it: for pulls and restores.
    private static let messageFacts = """
        {{#messageId}}
        - Message-ID: {{.}}
        {{/messageId}}
        {{#reason}}
        - Reason: {{.}}
        {{/reason}}
        {{#requestedBy}}
        - Requested by: {{.}}
        {{/requestedBy}}
        {{#campaign}}
        - Campaign: {{.}}
        {{/campaign}}

        The result:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}
        """

    /// That something is left to do.
    private static let messageLeftovers = """
        {{^unsettledIsNone}}

        Not every mailbox could be dealt with. Have the job repeated for the rest; a repeat moves no copy twice.
        {{/unsettledIsNone}}
        """

    private static let messagePulled = """
        Subject: {{#movedIsNone}}No copy of a message was pulled{{/movedIsNone}}{{#movedIsOne}}1 copy of a \
        message was pulled{{/movedIsOne}}{{#movedIsMany}}{{moved}} copies of a message were \
        pulled{{/movedIsMany}} from mailboxes of {{name}}

        {{gateway}} looked for a message in {{#targetsIsOne}}1 mailbox{{/targetsIsOne}}\
        {{^targetsIsOne}}{{targets}} mailboxes{{/targetsIsOne}} of {{name}}.

        \(messageFacts)

        {{#movedIsNone}}
        Nothing was moved in any mailbox, so there is nothing to restore.
        {{/movedIsNone}}
        {{^movedIsNone}}
        Every copy in quarantine can be restored to the folder it came from. If the message was harmless, ask for \
        that.
        {{/movedIsNone}}
        \(messageLeftovers)

        {{>foot}}
        """

    private static let messageRestored = """
        Subject: {{#movedIsNone}}No copy of a message was restored{{/movedIsNone}}{{#movedIsOne}}1 copy of a \
        message was restored{{/movedIsOne}}{{#movedIsMany}}{{moved}} copies of a message were \
        restored{{/movedIsMany}} to mailboxes of {{name}}

        {{gateway}} looked for pulled copies in {{#targetsIsOne}}1 mailbox{{/targetsIsOne}}\
        {{^targetsIsOne}}{{targets}} mailboxes{{/targetsIsOne}} of {{name}}.

        \(messageFacts)

        {{#movedIsNone}}
        Nothing was moved in any mailbox.
        {{/movedIsNone}}
        \(messageLeftovers)

        {{>foot}}
        """

    private static let directoryHeld = """
        Subject: The directory of {{name}} was not synchronised: a decision is needed

        The synchronisation would remove {{removals}} of {{known}} users and groups, which is more than may go \
        unasked.
        Nothing was removed.

        If this is what happened in the directory, allow it and start the synchronisation again.

        {{>foot}}
        """

    private static let jobDied = """
        Subject: Dead letter: {{jobType}} of {{name}} ({{code}}){{#untold}}, and {{.}} more{{/untold}}

        {{title}}: {{detail}}

        {{advice}}

        {{#untold}}
        Besides it, {{#untoldIsOne}}1 job{{/untoldIsOne}}{{^untoldIsOne}}{{.}} jobs{{/untoldIsOne}} of this type \
        died of the same since the last mail about them.
        {{/untold}}

        All of them are kept among the dead letters until somebody decides: sluice dead list --code {{code}}

        {{>foot}}
        """

    static let englishFoot = """
        {{#contact}}
        Questions? Write to {{.}}, or reply to this mail.

        {{/contact}}
        {{gateway}} sends this mail to the addresses that the request or the operators' settings name.

        Job {{job}} ({{jobType}}), tenant {{tenant}}, {{time}}.

        """
}
