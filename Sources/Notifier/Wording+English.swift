import JobModel

extension Wording {
    /// English.
    static let english = Wording(
        dispositions: [
            ("pulled", Count(one: "1 copy was moved to quarantine", other: "# copies were moved to quarantine")),
            (
                "already-pulled",
                Count(one: "1 copy was in quarantine before", other: "# copies were in quarantine before")
            ),
            ("restored", Count(one: "1 copy is back in its folder", other: "# copies are back in their folders")),
            (
                "restored-elsewhere",
                Count(
                    one: "1 copy is back in the nearest folder, as its own is gone",
                    other: "# copies are back in the nearest folder, as their own is gone"
                )
            ),
            ("already-restored", Count(one: "1 copy was back before", other: "# copies were back before")),
            ("found", Count(one: "1 copy was found", other: "# copies were found")),
            ("not-found", Count(one: "1 mailbox held no copy", other: "# mailboxes held no copy")),
            (
                "recipient-mismatch",
                Count(
                    one: "1 copy stays: its sender or its time of receipt is another",
                    other: "# copies stay: their sender or their time of receipt is another"
                )
            ),
            (
                "moved-by-user",
                Count(
                    one: "1 copy stays: somebody else had moved or deleted it",
                    other: "# copies stay: somebody else had moved or deleted them"
                )
            ),
            (
                "refused-by-cap",
                Count(
                    one: "1 mailbox was left alone: it holds more copies than a job may move",
                    other: "# mailboxes were left alone: they hold more copies than a job may move"
                )
            ),
            (
                "mailbox-unavailable",
                Count(one: "1 mailbox could not be reached", other: "# mailboxes could not be reached")
            ),
            ("access-denied", Count(one: "1 mailbox denied access", other: "# mailboxes denied access")),
            (
                "undetermined",
                Count(
                    one: "1 copy may or may not have been moved",
                    other: "# copies may or may not have been moved"
                )
            ),
        ],
        subjects: [
            .consent: "Consent", .permission: "Permission", .appRoleAssignment: "App role",
            .directoryRoleAssignment: "Directory role", .inboundConnector: "Inbound connector",
            .outboundConnector: "Outbound connector", .bypassRule: "Bypass rule",
            .foreignConnector: "Connector of somebody else", .domain: "Domain", .spf: "SPF record of",
            .mx: "MX records of",
        ],
        drifts: [
            .changed: "changed", .outdated: "not as the gateway needs it today", .different: "not as it should be",
            .missing: "missing", .surplus: "no longer needed", .conflict: "in the way of the gateway's own",
            .unknown: "not known", .pending: "not in effect yet",
        ],
        kinds: [
            .appRoleAssignment: "App role", .directoryRoleAssignment: "Directory role",
            .organizationCustomization: "Organization customization", .inboundConnector: "Inbound connector",
            .outboundConnector: "Outbound connector", .bypassRule: "Bypass rule",
        ],
        problems: [:],
        sentences: [:],
        change: { "\($0) was \($1), is \($2)" },
        nothing: "not set",
        changedBy: { "last changed by \($0)" },
        more: { "and \($0) more" },
        quotes: ("`", "`"),
        tenant: { "tenant \($0)" }
    )
}
