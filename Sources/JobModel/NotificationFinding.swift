/// A change that people are told about, in parts, so that the notifier can say it in their language.
package struct NotificationFinding: Sendable, Equatable {
    /// How much of each part people are shown, in characters.
    private static let partMax = 200

    /// What was changed.
    package let subject: DriftSubject
    /// Its name in the tenant.
    package let name: String
    /// What became of it.
    package let drift: DriftKind
    /// The field's name at the service; nil when the whole thing is meant.
    package let field: String?
    /// What the field was, and is; nil when that is not known or there is nothing.
    package let was: String?, `is`: String?
    /// Who changed it last, as the service tells; nil where it does not.
    package let changedBy: String?

    /// Takes from a finding what people are told.
    package init(_ finding: DriftFinding) {
        self.init(
            subject: finding.subject,
            name: finding.name,
            drift: finding.drift,
            field: finding.field,
            was: finding.lastApplied.text ?? finding.wanted.text,
            is: finding.live.text,
            changedBy: finding.changedBy
        )
    }

    /// Collects the parts.
    package init(
        subject: DriftSubject,
        name: String,
        drift: DriftKind,
        field: String? = nil,
        was: String? = nil,
        is live: String? = nil,
        changedBy: String? = nil
    ) {
        self.subject = subject
        self.name = name
        self.drift = drift
        self.field = field
        self.was = was
        self.is = live
        self.changedBy = changedBy
    }

    /// The parts by name, as the event carries them.
    package var row: [String: String] {
        let parts = [
            "subject": self.subject.rawValue, "name": self.name, "drift": self.drift.rawValue, "field": self.field,
            "was": self.was, "is": self.is, "changedBy": self.changedBy,
        ]
        return parts.compactMapValues { $0.map { String($0.prefix(Self.partMax)) } }
    }
}

/// Something of ours that could not be removed, in parts.
package struct NotificationRemains: Sendable, Equatable {
    /// What it is.
    package let kind: TenantObjectKind
    /// Its name in the tenant.
    package let name: String?
    /// Why it is still there, in the words of whoever refused; nil when nobody said.
    package let reason: String?

    /// Collects the parts.
    package init(kind: TenantObjectKind, name: String?, reason: String?) {
        self.kind = kind
        self.name = name
        self.reason = reason
    }

    /// The parts by name, as the event carries them.
    package var row: [String: String] {
        ["kind": self.kind.rawValue, "name": self.name, "reason": self.reason].compactMapValues { $0 }
    }
}

/// Which message a pull or a restore was about, and why it was asked for; never its subject or its text.
package struct NotificationMessage: Sendable, Equatable {
    /// How much of a Message-ID people are shown, in characters: the sender chose it.
    private static let messageIDMax = 250

    /// The message's `Message-ID`; nil when the job names a campaign or a pull job instead.
    package let internetMessageID: String?
    /// The campaign that the job is part of.
    package let campaign: String?
    /// Why.
    package let reason: String

    /// Collects the parts.
    package init(internetMessageID: String?, campaign: String?, reason: String) {
        self.internetMessageID = internetMessageID
        self.campaign = campaign
        self.reason = reason
    }

    /// The parts by name, as the event carries them; empty for what is not known.
    package var values: [String: NotificationValue] {
        [
            "messageId": NotificationValue(String((self.internetMessageID ?? "").prefix(Self.messageIDMax))),
            "campaign": NotificationValue(self.campaign ?? ""),
            "reason": NotificationValue(self.reason),
        ]
    }
}
