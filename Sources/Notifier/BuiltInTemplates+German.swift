import JobModel

extension BuiltInTemplates {
    static func german(_ template: NotificationTemplate) -> String {
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

    private static let tenantDisconnected = """
        Subject: {{name}} ist von {{gateway}} getrennt

        {{gateway}} ist am Mailfluss von {{name}} nicht mehr beteiligt; in Microsoft 365 wurden {{changes}} Objekte entfernt oder
        geändert.

        Was dort von {{gateway}} übrig ist:

        {{#remains}}
        - {{.}}
        {{/remains}}
        {{^remains}}
        - nichts
        {{/remains}}

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

    private static let messageRestored = """
        Subject: Eine Nachricht wurde in Postfächer von {{name}} zurückgelegt

        Was geholt worden war, wurde in {{targets}} Postfächern gesucht. Die Exemplare nach dem, was aus ihnen wurde:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}

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
        Subject: Unzustellbarer Auftrag: {{jobType}} für {{name}} ({{code}}){{#untold}}, und {{.}} weitere{{/untold}}

        {{title}}: {{detail}}

        {{advice}}

        {{#untold}}
        Außerdem sind seit der letzten Mail dazu {{.}} Aufträge dieser Art an demselben gescheitert.
        {{/untold}}

        Alle liegen bei den unzustellbaren, bis jemand entscheidet: sluice dead list --code {{code}}

        {{>foot}}
        """

    static let germanFoot = "Auftrag {{job}} ({{jobType}}), Mandant {{tenant}}, {{time}}.\n"
}
