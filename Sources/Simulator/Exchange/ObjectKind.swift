/// The kinds of objects that can be made, changed and removed.
enum ObjectKind: String, Sendable, CaseIterable {
    case inboundConnector = "inbound-connector"
    case outboundConnector = "outbound-connector"
    case transportRule = "transport-rule"

    /// The properties with their types and defaults.
    var properties: [ObjectProperty] {
        switch self {
        case .inboundConnector: ObjectProperty.inboundConnector
        case .outboundConnector: ObjectProperty.outboundConnector
        case .transportRule: ObjectProperty.transportRule
        }
    }

    /// What New- cannot do without.
    var required: [String] {
        switch self {
        case .inboundConnector: ["Name", "SenderDomains"]
        case .outboundConnector, .transportRule: ["Name"]
        }
    }

    /// Parameters of Get- beyond Identity and ResultSize.
    var getParameters: [String: ParameterType] {
        switch self {
        case .inboundConnector: [:]
        case .outboundConnector: ["IncludeTestModeConnectors": .flag, "IsTransportRuleScoped": .flag]
        case .transportRule:
            ["State": .choice(["Enabled", "Disabled"]), "Filter": .text(1024), "DlpPolicy": .text(64)]
        }
    }

    /// The parameters of New- or Set-.
    func parameters(_ moment: ObjectProperty.Settable) -> [String: ParameterType] {
        var all: [String: ParameterType] = ["Name": .text(64)]
        for property in properties where property.settable.contains(moment) { all[property.name] = property.type }
        return all
    }
}

/// One property of a connector or rule.
struct ObjectProperty: Sendable {
    /// The cmdlets that take the property as a parameter.
    struct Settable: OptionSet, Sendable {
        let rawValue: Int
        static let new = Settable(rawValue: 1)
        static let set = Settable(rawValue: 2)
    }

    let name: String
    let type: ParameterType
    /// What a New- without the parameter leaves.
    let initial: JSONValue
    var settable: Settable = [.new, .set]
    /// Whether Get- shows it.
    var isShown = true

    init(
        _ name: String,
        _ type: ParameterType,
        _ initial: JSONValue,
        settable: Settable = [.new, .set],
        isShown: Bool = true
    ) {
        self.name = name
        self.type = type
        self.initial = initial
        self.settable = settable
        self.isShown = isShown
    }
}
