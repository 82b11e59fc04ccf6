import JobModel

extension Wording {
    /// German.
    static let german = Wording(
        dispositions: [
            (
                "pulled",
                Count(
                    one: "1 Exemplar wurde in die Quarantäne verschoben",
                    other: "# Exemplare wurden in die Quarantäne verschoben"
                )
            ),
            (
                "already-pulled",
                Count(
                    one: "1 Exemplar lag bereits in der Quarantäne",
                    other: "# Exemplare lagen bereits in der Quarantäne"
                )
            ),
            (
                "restored",
                Count(
                    one: "1 Exemplar liegt wieder in seinem Ordner",
                    other: "# Exemplare liegen wieder in ihren Ordnern"
                )
            ),
            (
                "restored-elsewhere",
                Count(
                    one: "1 Exemplar liegt im nächsthöheren Ordner, da es seinen eigenen nicht mehr gibt",
                    other: "# Exemplare liegen im nächsthöheren Ordner, da es ihren eigenen nicht mehr gibt"
                )
            ),
            (
                "already-restored",
                Count(
                    one: "1 Exemplar lag bereits wieder an seinem Platz",
                    other: "# Exemplare lagen bereits wieder an ihrem Platz"
                )
            ),
            ("found", Count(one: "1 Exemplar wurde gefunden", other: "# Exemplare wurden gefunden")),
            (
                "not-found",
                Count(one: "1 Postfach enthielt kein Exemplar", other: "# Postfächer enthielten kein Exemplar")
            ),
            (
                "recipient-mismatch",
                Count(
                    one: "1 Exemplar bleibt liegen: Absender oder Empfangszeit weichen ab",
                    other: "# Exemplare bleiben liegen: Absender oder Empfangszeit weichen ab"
                )
            ),
            (
                "moved-by-user",
                Count(
                    one: "1 Exemplar bleibt, wo es ist: jemand anders hatte es verschoben oder gelöscht",
                    other: "# Exemplare bleiben, wo sie sind: jemand anders hatte sie verschoben oder gelöscht"
                )
            ),
            (
                "refused-by-cap",
                Count(
                    one: "1 Postfach blieb unberührt: es enthält mehr Exemplare, als ein Auftrag verschieben darf",
                    other:
                        "# Postfächer blieben unberührt: sie enthalten mehr Exemplare, als ein Auftrag verschieben darf"
                )
            ),
            (
                "mailbox-unavailable",
                Count(one: "1 Postfach war nicht erreichbar", other: "# Postfächer waren nicht erreichbar")
            ),
            (
                "access-denied",
                Count(one: "1 Postfach verweigerte den Zugriff", other: "# Postfächer verweigerten den Zugriff")
            ),
            (
                "undetermined",
                Count(
                    one: "bei 1 Exemplar ist ungewiss, ob es verschoben wurde",
                    other: "bei # Exemplaren ist ungewiss, ob sie verschoben wurden"
                )
            ),
        ],
        subjects: [
            .consent: "Zustimmung", .permission: "Berechtigung", .appRoleAssignment: "App-Rolle",
            .directoryRoleAssignment: "Verzeichnisrolle", .inboundConnector: "Eingehender Connector",
            .outboundConnector: "Ausgehender Connector", .bypassRule: "Umgehungsregel",
            .foreignConnector: "Fremder Connector", .domain: "Domäne", .spf: "SPF-Eintrag von",
            .mx: "MX-Einträge von",
        ],
        drifts: [
            .changed: "geändert", .outdated: "nicht mehr so, wie das Gateway es heute braucht",
            .different: "nicht so, wie es sein soll", .missing: "fehlt", .surplus: "wird nicht mehr gebraucht",
            .conflict: "steht dem des Gateways im Weg", .unknown: "nicht bekannt", .pending: "noch nicht wirksam",
        ],
        kinds: [
            .appRoleAssignment: "App-Rolle", .directoryRoleAssignment: "Verzeichnisrolle",
            .organizationCustomization: "Anpassung der Organisation", .inboundConnector: "Eingehender Connector",
            .outboundConnector: "Ausgehender Connector", .bypassRule: "Umgehungsregel",
        ],
        problems: [
            .consentMissing: (
                "Die Zustimmung zur Anwendung fehlt oder wurde widerrufen",
                "Ein globaler Administrator muss der Anwendung neu zustimmen; den Link dazu erhalten Sie vom Betreiber."
            ),
            .applicationDisabled: (
                "Die Anwendung ist im Mandanten deaktiviert",
                "Ein Administrator muss sie unter „Unternehmensanwendungen“ wieder aktivieren."
            ),
            .accessBlocked: (
                "Eine Richtlinie für bedingten Zugriff sperrt die Anwendung",
                "Ein Administrator muss die Anwendung von der Richtlinie für Workloadidentitäten ausnehmen."
            ),
            .tenantNotFound: (
                "Microsoft kennt den Mandanten nicht",
                "Bitte prüfen Sie, ob der Mandant noch besteht, und geben Sie uns Bescheid."
            ),
            .permissionMissing: (
                "Der Anwendung fehlen Berechtigungen",
                "Ein globaler Administrator muss der Anwendung neu zustimmen."
            ),
            .exchangeMissing: (
                "Der Mandant hat kein Exchange Online",
                "Der Mandant braucht zuerst eine Lizenz mit Exchange Online."
            ),
        ],
        sentences: ["It was removed and is there again.": "Es wurde entfernt und ist wieder da."],
        change: { "\($0) war \($1), ist \($2)" },
        nothing: "nicht gesetzt",
        changedBy: { "zuletzt geändert von \($0)" },
        more: { "und \($0) weitere" },
        quotes: ("„", "“"),
        tenant: { "Mandant \($0)" }
    )
}
