import JobModel

extension BuiltInTemplates {
    static func german(_ template: NotificationTemplate) -> String {
        switch template {
        case .tenantConnected: self.tenantConnected
        case .outboundConnectorEnabled: self.outboundConnectorEnabled
        case .outboundConnectorDisabled: self.outboundConnectorDisabled
        case .driftFound: self.driftFound
        case .connectionLost: self.connectionLost
        case .messagePulled: self.messagePulled
        case .directoryHeld: self.directoryHeld
        case .jobDied: self.jobDied
        }
    }

    private static let tenantConnected = """
        Subject: {{name}} ist mit {{gateway}} verbunden

        {{name}} ist mit {{gateway}} verbunden; in Microsoft 365 wurden {{changes}} Objekte angelegt oder geändert.

        {{#domains}}
        - {{.}}
        {{/domains}}
        {{^domains}}
        Noch wurde keine Domäne für den Mailfluss übernommen.
        {{/domains}}

        Ausgehende Mail läuft erst über {{gateway}}, wenn der ausgehende Connector eingeschaltet ist.

        {{>foot}}
        """

    private static let outboundConnectorEnabled = """
        Subject: Ausgehende Mail von {{name}} läuft jetzt über {{gateway}}

        Der ausgehende Connector ist eingeschaltet. Mail dieser Domänen geht über {{gateway}} hinaus:

        {{#domains}}
        - {{.}}
        {{/domains}}

        {{>foot}}
        """

    private static let outboundConnectorDisabled = """
        Subject: Ausgehende Mail von {{name}} läuft nicht mehr über {{gateway}}

        Der ausgehende Connector ist ausgeschaltet. Microsoft 365 verschickt die Mail von {{name}} wieder selbst.
        {{#reason}}

        Der Grund: {{.}}
        {{/reason}}

        {{>foot}}
        """

    private static let driftFound = """
        Subject: Die Anbindung von {{name}} wurde von anderer Seite geändert

        Objekte von {{gateway}} in Microsoft 365 sind nicht mehr, wie sie eingerichtet wurden:

        {{#findings}}
        - {{.}}
        {{/findings}}

        Inzwischen berichtigt: {{repaired}}. Hat das niemand mit Absicht geändert, hilft das Überwachungsprotokoll.

        {{>foot}}
        """

    private static let connectionLost = """
        Subject: {{gateway}} hat keinen Zugang mehr zu {{name}}

        {{title}}: {{detail}}

        {{advice}}

        Bis dahin kann für {{name}} nichts geprüft, berichtigt oder zurückgeholt werden.

        {{>foot}}
        """

    private static let messagePulled = """
        Subject: Eine Nachricht wurde aus Postfächern von {{name}} geholt

        Die Nachricht wurde in {{targets}} Postfächern gesucht. Die Exemplare nach dem, was aus ihnen wurde:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}

        Alles, was geholt wurde, lässt sich dorthin zurücklegen, wo es war.

        {{>foot}}
        """

    private static let directoryHeld = """
        Subject: Das Verzeichnis von {{name}} wurde nicht abgeglichen: eine Entscheidung ist nötig

        Der Abgleich würde {{removals}} von {{known}} Benutzern und Gruppen entfernen, mehr als ungefragt erlaubt ist.
        Nichts wurde entfernt.

        Ist das im Verzeichnis so geschehen, erlauben Sie es und starten Sie den Abgleich noch einmal.

        {{>foot}}
        """

    private static let jobDied = """
        Subject: Unzustellbarer Auftrag: {{jobType}} für {{name}} ({{code}})

        {{title}}: {{detail}}

        {{advice}}

        Der Auftrag liegt bei den unzustellbaren, bis jemand entscheidet.

        {{>foot}}
        """

    static let germanFoot = "Auftrag {{job}} ({{jobType}}), Mandant {{tenant}}, {{time}}.\n"
}
