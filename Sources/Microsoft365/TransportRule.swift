/// A mail flow rule.
package struct TransportRule: ExchangeObject {
    /// Everything Exchange sent about it.
    package let record: ExchangeRecord

    /// Reads it; nil when it lacks a name or a GUID.
    package init?(_ record: ExchangeRecord) {
        self.record = record
        guard self.guid != nil, !self.name.isEmpty else { return nil }
    }

    /// True when it is in force (Exchange says `State` here, not `Enabled`); nil when Exchange did not say.
    package var isEnabled: Bool? { ExchangeSpelling.state(self.record.text("State")) ?? self.record.bool("Enabled") }
    /// The free text in which our marker stands.
    package var comments: String? { self.record.text("Comments") }
    /// The addresses of the last hop it looks for, in canonical spelling.
    package var senderIPRanges: [String]? { self.record.list("SenderIpRanges").map(ExchangeSpelling.addresses) }
    /// The spam confidence it sets; -1 bypasses spam filtering.
    package var setsSCL: Int? { self.record.integer("SetSCL") }
    /// The place among the rules; 0 runs first.
    package var priority: Int? { self.record.integer("Priority") }
    /// `Enforce`, `Audit` or `AuditAndNotify`.
    package var mode: String? { self.record.text("Mode") }
    /// True when the rules after it do not run on mail it matched.
    package var stopsRuleProcessing: Bool? { self.record.bool("StopRuleProcessing") }
}

/// What to set on a mail flow rule; only what is given is sent.
///
/// Whether a rule is in force is no setting: say it when making one, and enable or disable it later.
/// Source of names and bounds: Exchange PowerShell, New-TransportRule and Set-TransportRule.
package struct TransportRuleSettings: ExchangeSettings {
    /// The name, at most 64 characters; New- wants one.
    package var name: String?
    /// Last-hop addresses to look for: IPv4 or IPv6, single, range or CIDR of any size.
    package var senderIPRanges: [String]?
    /// The spam confidence to set, -1 to 9; -1 bypasses spam filtering.
    package var setsSCL: Int?
    /// The place among the rules, from 0; New- puts a rule last when it is not given.
    package var priority: Int?
    /// Whether the rule acts or only reports.
    package var mode: TransportRuleMode?
    /// Whether the rules after it are skipped on mail it matched.
    package var stopsRuleProcessing: Bool?
    /// What happens to mail when the rule cannot be worked out.
    package var errorAction: TransportRuleErrorAction?
    /// Free text of at most 1,024 characters, the place of our marker.
    package var comments: String?

    /// Starts with nothing given.
    package init() {}

    /// The settings of these names, and no others.
    package func only(_ names: Set<String>) -> Self {
        var settings = self
        if !names.contains("Name") { settings.name = nil }
        if !names.contains("SenderIpRanges") { settings.senderIPRanges = nil }
        if !names.contains("SetSCL") { settings.setsSCL = nil }
        if !names.contains("Priority") { settings.priority = nil }
        if !names.contains("Mode") { settings.mode = nil }
        if !names.contains("StopRuleProcessing") { settings.stopsRuleProcessing = nil }
        if !names.contains("RuleErrorAction") { settings.errorAction = nil }
        if !names.contains("Comments") { settings.comments = nil }
        return settings
    }

    /// The given settings by Exchange's parameter names.
    package var parameters: [String: JSONValue] {
        [
            "Name": self.name.map(JSONValue.string),
            "SenderIpRanges": self.senderIPRanges.map(JSONValue.strings),
            "SetSCL": self.setsSCL.map(JSONValue.integer),
            "Priority": self.priority.map(JSONValue.integer),
            "Mode": self.mode.map { .string($0.rawValue) },
            "StopRuleProcessing": self.stopsRuleProcessing.map(JSONValue.bool),
            "RuleErrorAction": self.errorAction.map { .string($0.rawValue) },
            "Comments": self.comments.map(JSONValue.string),
        ].compactMapValues { $0 }
    }
}

/// Whether a mail flow rule acts.
package enum TransportRuleMode: String, Sendable {
    /// It acts.
    case enforce = "Enforce"
    /// It only writes what it would do.
    case audit = "Audit"
    /// It writes what it would do and shows tips to senders.
    case auditAndNotify = "AuditAndNotify"
}

/// What happens to mail when a rule cannot be worked out.
package enum TransportRuleErrorAction: String, Sendable {
    /// The mail goes on without the rule.
    case ignore = "Ignore"
    /// The mail is tried again later.
    case deferDelivery = "Defer"
}
