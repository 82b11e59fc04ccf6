import Foundation
import JobModel
import Microsoft365

/// One kind of Exchange object that a gateway needs: how it is found, made, compared and changed.
///
/// The order of events (read, write, read back) is the same for all and stands in `TenantConnection+Exchange`.
protocol ExchangeKind {
    associatedtype Object: ExchangeObject
    associatedtype Settings: ExchangeSettings

    /// Its name in plans and memos.
    var kind: TenantObjectKind { get }
    /// Everything the object is made with.
    var made: Settings { get }
    /// What is kept on an object that exists: not its name, which administrators may change.
    var kept: Settings { get }
    /// What the settings leave out, and what it has to be: fields by Exchange's names.
    var state: [String: String] { get }

    func list() async throws -> [Object]
    func find(_ identity: String) async throws -> Object?
    func make(_ settings: Settings) async throws -> Object
    /// Sets what is given; and the state, where `fields` says that it differs.
    func mend(_ identity: String, _ settings: Settings, fields: [JobModel.FieldChange]) async throws
    /// Removes it; false when it was gone already.
    func remove(_ identity: String) async throws -> Bool
    /// Makes sure of what must hold the moment an object of this kind exists, and throws when it did not.
    func secure(_ made: Object) async throws

    /// Exchange's name of the field that holds our marker.
    var commentField: String { get }
    func comment(_ object: Object) -> String?
    /// The settings with another comment.
    func with(comment: String, in settings: Settings) -> Settings
    func isEnabled(_ object: Object) -> Bool?

    /// What an object has to do with the gateway, whoever made it.
    func effect(of object: Object) -> GatewayEffect
    /// Whether it takes all mail one way, or may: a second one would compete with ours.
    func takesAllMail(_ object: Object) -> Bool
}

extension ExchangeKind {
    func secure(_ made: Object) async throws {}

    /// The name it is made with.
    var name: String { self.made.parameters["Name"]?.string ?? self.kind.rawValue }

    /// The change that makes it.
    var creation: PlannedChange {
        var fields = self.made.parameters.map { field, value in
            JobModel.FieldChange(
                field: field,
                before: nil,
                after: ExchangeSpelling.canonical(field: field, value: value)
            )
        }
        fields += self.state.map { JobModel.FieldChange(field: $0.key, before: nil, after: $0.value) }
        return PlannedChange(
            kind: self.kind,
            name: self.name,
            action: .create,
            fields: fields.sorted { $0.field < $1.field }
        )
    }

    /// The fields of `settings`, and of the state, that an object does not have as wanted; sorted.
    ///
    /// Throws `unexpected-answer` when Exchange did not send one of them: unknown is neither right nor wrong.
    func differences(_ settings: Settings, _ object: Object) throws(Problem) -> [JobModel.FieldChange] {
        var fields: [JobModel.FieldChange] = settings.changes(to: object).compactMap { change in
            // What the mark in a comment says is no setting; the words and the marker before it are.
            let isComment = change.field == self.commentField
            let before = isComment ? AppliedMark.removed(from: change.before) : change.before
            return before == change.after ? nil : .init(field: change.field, before: before, after: change.after)
        }
        for (field, wanted) in self.state {
            let before = ExchangeSpelling.canonical(field: field, value: object.record.fields[field])
            if before != wanted { fields.append(.init(field: field, before: before, after: wanted)) }
        }
        if let missing = fields.first(where: { object.record.fields[$0.field] == nil }) {
            throw Problem(.unexpectedAnswer, "Exchange showed the \(self.kind.words) without its \(missing.field).")
        }
        return fields.sorted { $0.field < $1.field }
    }

    /// The change that brings an object to what is kept; nil when there is nothing to do.
    func mending(of object: Object) throws(Problem) -> PlannedChange? {
        let fields = try self.differences(self.kept, object)
        return fields.isEmpty
            ? nil : PlannedChange(kind: self.kind, name: object.name, action: .update, fields: fields)
    }

    /// The change that takes it away: what it holds now, and nothing afterwards.
    func removal(of object: Object) -> PlannedChange {
        PlannedChange(
            kind: self.kind,
            name: object.name,
            action: .remove,
            fields: self.appliedFields.map {
                JobModel.FieldChange(field: $0, before: self.live($0, of: object), after: nil)
            }
        )
    }

    /// The object as results name it.
    func tenantObject(_ object: Object) -> TenantObject {
        TenantObject(
            kind: self.kind,
            name: object.name,
            id: object.identity,
            isEnabled: self.isEnabled(object) ?? false
        )
    }
}

extension ExchangeObject {
    /// The GUID in lower case, the identity that survives renaming.
    var identity: String { self.guid.map { $0.uuidString.lowercased() } ?? self.name }
}

/// The connector that recognises the gateway's mail.
///
/// It is made without restricting anyone. Whether one that exists restricts is not for mending to decide: lifting it opens a
/// tenant that may be locked down for good reason, and setting it stops the mail of one whose MX leads elsewhere.
struct InboundKind: ExchangeKind {
    let exchange: ExchangeAdministration
    let made: InboundConnectorSettings

    var kind: TenantObjectKind { .inboundConnector }
    var kept: InboundConnectorSettings {
        var settings = self.made
        settings.name = nil
        settings.restrictsDomainsToIPAddresses = nil
        return settings
    }
    var state: [String: String] { [:] }

    func list() async throws -> [InboundConnector] { try await self.exchange.inboundConnectors() }
    func find(_ identity: String) async throws -> InboundConnector? {
        try await self.exchange.inboundConnector(identity: identity)
    }
    func make(_ settings: InboundConnectorSettings) async throws -> InboundConnector {
        try await self.exchange.newInboundConnector(settings)
    }
    func mend(
        _ identity: String,
        _ settings: InboundConnectorSettings,
        fields: [JobModel.FieldChange]
    ) async throws {
        try await self.exchange.setInboundConnector(identity: identity, settings)
    }
    func remove(_ identity: String) async throws -> Bool {
        try await self.exchange.removeInboundConnector(identity: identity)
    }
    var commentField: String { "Comment" }
    func with(comment: String, in settings: InboundConnectorSettings) -> InboundConnectorSettings {
        var settings = settings
        settings.comment = comment
        return settings
    }

    /// A connector that restricts from its birth stops the tenant's mail: lift that before saying so.
    func secure(_ made: InboundConnector) async throws {
        guard made.restrictsDomainsToIPAddresses != false else { return }
        var settings = InboundConnectorSettings()
        settings.restrictsDomainsToIPAddresses = false
        try await self.exchange.setInboundConnector(identity: made.identity, settings)
        let state =
            switch try await self.find(made.identity)?.restrictsDomainsToIPAddresses {
            case false: "it restricts nothing now"
            case true, nil: "LIFTING IT DID NOT HELP"
            }
        throw Problem(
            .internalError,
            """
            The inbound connector \(made.quotedName) was made with RestrictDomainsToIPAddresses=false and shown as \
            restricting; \(state).
            """
        )
    }

    func comment(_ object: InboundConnector) -> String? { object.comment }
    func isEnabled(_ object: InboundConnector) -> Bool? { object.isEnabled }

    func effect(of object: InboundConnector) -> GatewayEffect {
        guard let addresses = object.senderIPAddresses else { return .unknown(field: "SenderIPAddresses") }
        return GatewayEffect(addresses: addresses, gateway: self.made.senderIPAddresses ?? [])
    }
    func takesAllMail(_ object: InboundConnector) -> Bool { object.senderDomains == nil || object.isForAllDomains }
}

/// The connector that sends mail out.
///
/// Whether it is enabled is decided when it is made and by others later, never by mending.
struct OutboundKind: ExchangeKind {
    let exchange: ExchangeAdministration
    let made: OutboundConnectorSettings

    var kind: TenantObjectKind { .outboundConnector }
    var kept: OutboundConnectorSettings {
        var settings = self.made
        settings.name = nil
        settings.isEnabled = nil
        return settings
    }
    var state: [String: String] { [:] }

    func list() async throws -> [OutboundConnector] { try await self.exchange.outboundConnectors() }
    func find(_ identity: String) async throws -> OutboundConnector? {
        try await self.exchange.outboundConnector(identity: identity)
    }
    func make(_ settings: OutboundConnectorSettings) async throws -> OutboundConnector {
        try await self.exchange.newOutboundConnector(settings)
    }
    func mend(
        _ identity: String,
        _ settings: OutboundConnectorSettings,
        fields: [JobModel.FieldChange]
    ) async throws {
        try await self.exchange.setOutboundConnector(identity: identity, settings)
    }
    func remove(_ identity: String) async throws -> Bool {
        try await self.exchange.removeOutboundConnector(identity: identity)
    }
    var commentField: String { "Comment" }
    func with(comment: String, in settings: OutboundConnectorSettings) -> OutboundConnectorSettings {
        var settings = settings
        settings.comment = comment
        return settings
    }

    /// A connector that is in force from its birth sends the tenant's mail through a gateway its SPF record may not name:
    /// switch it off before saying so.
    func secure(_ made: OutboundConnector) async throws {
        guard made.isEnabled != false else { return }
        var settings = OutboundConnectorSettings()
        settings.isEnabled = false
        try await self.exchange.setOutboundConnector(identity: made.identity, settings)
        let state =
            switch try await self.find(made.identity)?.isEnabled {
            case false: "it is disabled now"
            case true, nil: "DISABLING IT DID NOT HELP"
            }
        throw Problem(
            .internalError,
            "The outbound connector \(made.quotedName) was made with Enabled=false and shown as enabled; \(state)."
        )
    }

    func comment(_ object: OutboundConnector) -> String? { object.comment }
    func isEnabled(_ object: OutboundConnector) -> Bool? { object.isEnabled }

    func effect(of object: OutboundConnector) -> GatewayEffect {
        guard let hosts = object.smartHosts else { return .unknown(field: "SmartHosts") }
        return GatewayEffect(hosts: hosts, gateway: self.made.smartHosts ?? [])
    }
    func takesAllMail(_ object: OutboundConnector) -> Bool {
        object.recipientDomains == nil || object.isForAllDomains
    }
}

/// The rule that sets the spam confidence of the gateway's mail.
///
/// Whether it is in force is a state, not a setting.
struct BypassRuleKind: ExchangeKind {
    let exchange: ExchangeAdministration
    let made: TransportRuleSettings

    var kind: TenantObjectKind { .bypassRule }
    var kept: TransportRuleSettings {
        var settings = self.made
        settings.name = nil
        return settings
    }
    var state: [String: String] { ["State": "Enabled"] }

    func list() async throws -> [TransportRule] { try await self.exchange.transportRules() }
    func find(_ identity: String) async throws -> TransportRule? {
        try await self.exchange.transportRule(identity: identity)
    }
    func make(_ settings: TransportRuleSettings) async throws -> TransportRule {
        try await self.exchange.newTransportRule(settings, enabled: true)
    }
    func mend(
        _ identity: String,
        _ settings: TransportRuleSettings,
        fields: [JobModel.FieldChange]
    ) async throws {
        if fields.contains(where: { $0.field != "State" }) {
            try await self.exchange.setTransportRule(identity: identity, settings)
        }
        if fields.contains(where: { $0.field == "State" }) {
            try await self.exchange.enableTransportRule(identity: identity)
        }
    }
    func remove(_ identity: String) async throws -> Bool {
        try await self.exchange.removeTransportRule(identity: identity)
    }
    var commentField: String { "Comments" }
    func with(comment: String, in settings: TransportRuleSettings) -> TransportRuleSettings {
        var settings = settings
        settings.comments = comment
        return settings
    }
    func comment(_ object: TransportRule) -> String? { object.comments }
    func isEnabled(_ object: TransportRule) -> Bool? { object.isEnabled }

    /// A rule may single the gateway out in a condition, as ours does, or spare it in an exception and stop all others.
    func effect(of object: TransportRule) -> GatewayEffect {
        let gateway = self.made.senderIPRanges ?? []
        let spared = object.record.list("ExceptIfSenderIpRanges") ?? []
        guard let sought = object.senderIPRanges else { return .unknown(field: "SenderIpRanges") }
        let effect = GatewayEffect(addresses: sought, gateway: gateway)
        let isSpared = GatewayEffect(addresses: spared, gateway: gateway).isThere
        return effect == .none && isSpared ? .some : effect
    }
    /// Any number of rules may stand beside each other.
    func takesAllMail(_ object: TransportRule) -> Bool { false }
}

extension TenantObjectKind {
    /// Its name in sentences.
    var words: String {
        switch self {
        case .appRoleAssignment: "app role"
        case .directoryRoleAssignment: "directory role"
        case .organizationCustomization: "organization customization"
        case .inboundConnector: "inbound connector"
        case .outboundConnector: "outbound connector"
        case .bypassRule: "bypass rule"
        }
    }
}
