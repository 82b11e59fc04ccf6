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

        {{name}} ist mit {{gateway}} verbunden; in Microsoft 365 {{#changesIsOne}}wurde 1 \
        Objekt{{/changesIsOne}}{{^changesIsOne}}wurden {{changes}} Objekte{{/changesIsOne}} angelegt oder geändert.

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

        {{gateway}} ist am Mailfluss von {{name}} nicht mehr beteiligt; in Microsoft 365 {{#changesIsOne}}wurde 1 \
        Objekt{{/changesIsOne}}{{^changesIsOne}}wurden {{changes}} Objekte{{/changesIsOne}} entfernt oder geändert.

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

        Inzwischen berichtigt: {{repaired}}. War das keine gewollte Änderung, zeigt das Überwachungsprotokoll, \
        wer sie vorgenommen hat.

        {{>foot}}
        """

    private static let connectionLost = """
        Subject: {{gateway}} hat keinen Zugang mehr zu {{name}}

        {{title}}. {{advice}}

        Bis dahin kann für {{name}} nichts geprüft, berichtigt oder zurückgeholt werden.

        Technische Angabe: {{detail}}

        {{>foot}}
        """

    /// Which message, why, and what became of it: for pulls and restores.
    private static let messageFacts = """
        {{#messageId}}
        - Message-ID: {{.}}
        {{/messageId}}
        {{#reason}}
        - Grund: {{.}}
        {{/reason}}
        {{#requestedBy}}
        - Angefordert von: {{.}}
        {{/requestedBy}}
        {{#campaign}}
        - Kampagne: {{.}}
        {{/campaign}}

        Das Ergebnis:

        {{#dispositions}}
        - {{.}}
        {{/dispositions}}
        """

    /// That something is left to do.
    private static let messageLeftovers = """
        {{^unsettledIsNone}}

        Nicht jedes Postfach konnte bearbeitet werden. Lassen Sie den Auftrag für den Rest wiederholen; kein \
        Exemplar wird dabei zweimal verschoben.
        {{/unsettledIsNone}}
        """

    private static let messagePulled = """
        Subject: {{#movedIsNone}}Kein Exemplar einer Nachricht wurde{{/movedIsNone}}{{#movedIsOne}}1 Exemplar \
        einer Nachricht wurde{{/movedIsOne}}{{#movedIsMany}}{{moved}} Exemplare einer Nachricht \
        wurden{{/movedIsMany}} aus Postfächern von {{name}} zurückgeholt

        {{gateway}} hat eine Nachricht in {{#targetsIsOne}}1 Postfach{{/targetsIsOne}}\
        {{^targetsIsOne}}{{targets}} Postfächern{{/targetsIsOne}} von {{name}} gesucht.

        \(messageFacts)

        {{#movedIsNone}}
        In keinem Postfach wurde etwas verschoben; es gibt nichts wiederherzustellen.
        {{/movedIsNone}}
        {{^movedIsNone}}
        Jedes Exemplar in der Quarantäne lässt sich in seinen Ordner zurücklegen. War die Nachricht harmlos, \
        fordern Sie das an.
        {{/movedIsNone}}
        \(messageLeftovers)

        {{>foot}}
        """

    private static let messageRestored = """
        Subject: {{#movedIsNone}}Kein Exemplar einer Nachricht wurde{{/movedIsNone}}{{#movedIsOne}}1 Exemplar \
        einer Nachricht wurde{{/movedIsOne}}{{#movedIsMany}}{{moved}} Exemplare einer Nachricht \
        wurden{{/movedIsMany}} in Postfächer von {{name}} zurückgelegt

        {{gateway}} hat in {{#targetsIsOne}}1 Postfach{{/targetsIsOne}}{{^targetsIsOne}}{{targets}} \
        Postfächern{{/targetsIsOne}} von {{name}} nach zurückgeholten Exemplaren gesucht.

        \(messageFacts)

        {{#movedIsNone}}
        In keinem Postfach wurde etwas verschoben.
        {{/movedIsNone}}
        \(messageLeftovers)

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
        Subject: Fehlgeschlagener Auftrag: {{jobType}} für {{name}} ({{code}}){{#untold}}, und {{.}} \
        weitere{{/untold}}

        {{title}}: {{detail}}

        {{advice}}

        {{#untold}}
        Außerdem {{#untoldIsOne}}ist seit der letzten Mail dazu 1 Auftrag{{/untoldIsOne}}{{^untoldIsOne}}sind \
        seit der letzten Mail dazu {{.}} Aufträge{{/untoldIsOne}} dieser Art an demselben gescheitert.
        {{/untold}}

        Alle liegen bei den fehlgeschlagenen, bis jemand entscheidet: sluice dead list --code {{code}}

        {{>foot}}
        """

    static let germanFoot = """
        {{#contact}}
        Fragen? Schreiben Sie an {{.}} oder antworten Sie auf diese Mail.

        {{/contact}}
        {{gateway}} schickt diese Mail an die Adressen, die der Auftrag oder die Einstellungen der Betreiber nennen.

        Auftrag {{job}} ({{jobType}}), Mandant {{tenant}}, {{time}}.

        """
}
