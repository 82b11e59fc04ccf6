import Foundation

/// How Exchange writes its objects: annotations between the data, `State` instead of `Enabled` on rules.
extension ExchangeObject {
    /// The record a Get- returns.
    func record(_ switches: Switches) -> JSONValue {
        var members: [String: JSONValue] = [
            "Name": .text(name), "Identity": .text(name), "Guid": .text(guid),
            "Guid@data.type": "System.Guid", "IsValid": true, "WhenChangedUTC": .text(exchangeTime(changedAt)),
            "WhenChangedUTC@data.type": "System.DateTime",
        ]
        for property in kind.properties where property.isShown {
            let shown = switches.spelling.spelled(self[property.name], property.type)
            members[property.name] = shown
            if shown.array != nil {
                members["\(property.name)@odata.type"] = "#Collection(String)"
            }
        }
        switch kind {
        case .inboundConnector, .outboundConnector:
            members["AdminDisplayName"] = ""
            if switches.spelling == .odd, self["ConnectorSource"] == "Default" {
                members["ConnectorSource"] = "AdminUI"
            }
            members["WhenCreatedUTC"] = .text(exchangeTime(createdAt))
            members["WhenCreatedUTC@data.type"] = "System.DateTime"
        case .transportRule: addRuleMembers(to: &members, switches)
        }
        return .object(members)
    }

    private func addRuleMembers(to members: inout [String: JSONValue], _ switches: Switches) {
        members["State"] = isEnabled ? "Enabled" : "Disabled"
        members["Priority@data.type"] = "System.Int32"
        members["WhenChangedUTC"] = nil
        members["WhenChangedUTC@data.type"] = nil
        members["WhenChanged"] = .text(ruleTime(changedAt))
        members["WhenChanged@data.type"] = "System.DateTime"
        members["DlpPolicy"] = .null
        members["CreatedBy"] = .text(createdBy)
        members["LastModifiedBy"] = .text(changedBy)
        members["ManuallyModified"] = false
        members["Description"] = .text("Take the following actions:\r\n\t\(ruleActions.joined(separator: "\r\n\t"))")
        for (key, names) in [
            ("Conditions", rulePredicates), ("Exceptions", ruleExceptions), ("Actions", ruleActions),
        ] {
            members[key] = names.isEmpty ? .null : .texts(names)
            if !names.isEmpty { members["\(key)@odata.type"] = "#Collection(String)" }
        }
        if switches.sclAsText || switches.spelling == .odd, let level = self["SetSCL"].integer {
            members["SetSCL"] = .text(String(level))
        }
    }
}

extension TenantDomain {
    /// The record of Get-AcceptedDomain, as far as anyone reads it.
    var acceptedRecord: JSONValue {
        [
            "DomainName": .text(name), "DomainType": .text(acceptedAs.rawValue), "Default": .flag(isDefault),
            "InitialDomain": .flag(isInitial), "MatchSubDomains": false, "OutboundOnly": false,
            "PendingRemoval": false, "PendingCompletion": false, "EmailOnly": false, "Name": .text(name),
            "Identity": .text(name), "IsValid": true,
        ]
    }
}

/// `2026-07-23T22:55:13.0000000Z`; what was settled before the start is an old fixed date.
func exchangeTime(_ date: Date) -> String { ticks(date) + "Z" }

/// The same instant as a rule shows it, with an offset.
func ruleTime(_ date: Date) -> String { ticks(date).dropLast(".0000000".count) + "+00:00" }

private func ticks(_ date: Date) -> String {
    let settled = Date(timeIntervalSince1970: 1_700_000_000)
    return max(date, settled).formatted(.iso8601).dropLast() + ".0000000"
}
