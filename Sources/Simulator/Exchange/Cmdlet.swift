/// The Exchange cmdlets the simulator knows; the raw value is the name on the wire.
enum Cmdlet: String, Sendable, CaseIterable {
    case getOrganizationConfig = "Get-OrganizationConfig"
    case enableOrganizationCustomization = "Enable-OrganizationCustomization"
    case getAcceptedDomain = "Get-AcceptedDomain"
    case getHostedConnectionFilterPolicy = "Get-HostedConnectionFilterPolicy"
    case getInboundConnector = "Get-InboundConnector"
    case newInboundConnector = "New-InboundConnector"
    case setInboundConnector = "Set-InboundConnector"
    case removeInboundConnector = "Remove-InboundConnector"
    case getOutboundConnector = "Get-OutboundConnector"
    case newOutboundConnector = "New-OutboundConnector"
    case setOutboundConnector = "Set-OutboundConnector"
    case removeOutboundConnector = "Remove-OutboundConnector"
    case getTransportRule = "Get-TransportRule"
    case newTransportRule = "New-TransportRule"
    case setTransportRule = "Set-TransportRule"
    case removeTransportRule = "Remove-TransportRule"
    case enableTransportRule = "Enable-TransportRule"
    case disableTransportRule = "Disable-TransportRule"

    /// What a cmdlet does.
    enum Action: Sendable, Equatable {
        case readOrganization, hydrate, readDomains, readFilterPolicy
        case get(ObjectKind), new(ObjectKind), set(ObjectKind), remove(ObjectKind)
        case enableRule, disableRule
    }

    var action: Action {
        switch self {
        case .getOrganizationConfig: .readOrganization
        case .enableOrganizationCustomization: .hydrate
        case .getAcceptedDomain: .readDomains
        case .getHostedConnectionFilterPolicy: .readFilterPolicy
        case .getInboundConnector: .get(.inboundConnector)
        case .newInboundConnector: .new(.inboundConnector)
        case .setInboundConnector: .set(.inboundConnector)
        case .removeInboundConnector: .remove(.inboundConnector)
        case .getOutboundConnector: .get(.outboundConnector)
        case .newOutboundConnector: .new(.outboundConnector)
        case .setOutboundConnector: .set(.outboundConnector)
        case .removeOutboundConnector: .remove(.outboundConnector)
        case .getTransportRule: .get(.transportRule)
        case .newTransportRule: .new(.transportRule)
        case .setTransportRule: .set(.transportRule)
        case .removeTransportRule: .remove(.transportRule)
        case .enableTransportRule: .enableRule
        case .disableTransportRule: .disableRule
        }
    }

    /// Whether a role that may only read is not enough.
    var mayChangeTenant: Bool {
        switch action {
        case .readOrganization, .readDomains, .readFilterPolicy, .get: false
        case .hydrate, .new, .set, .remove, .enableRule, .disableRule: true
        }
    }

    /// The parameters it takes beyond the common ones.
    var parameters: [String: ParameterType] {
        let identity = ["Identity": ParameterType.identity]
        let confirm = ["Confirm": ParameterType.flag, "WhatIf": .flag]
        switch action {
        case .readOrganization: return [:]
        case .readFilterPolicy: return identity
        case .readDomains: return identity.merging(["ResultSize": .resultSize]) { $1 }
        case .hydrate: return confirm
        case .get(let kind):
            return identity.merging(["ResultSize": .resultSize]) { $1 }.merging(kind.getParameters) { $1 }
        case .new(let kind): return kind.parameters(.new).merging(confirm) { $1 }
        case .set(let kind): return kind.parameters(.set).merging(confirm) { $1 }.merging(identity) { $1 }
        case .remove, .enableRule, .disableRule: return identity.merging(confirm) { $1 }
        }
    }
}
