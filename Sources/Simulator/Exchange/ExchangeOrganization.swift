import Foundation

/// The Exchange side of one tenant: connectors, rules, accepted domains, and whether it may be customised.
struct ExchangeOrganization: Sendable {
    /// All objects; rules are kept in the order of their priority.
    private(set) var objects: [ExchangeObject] = []
    private(set) var isDehydrated: Bool
    private var hydratedAt: Date?
    private let organizationName: String
    private var domains: [TenantDomain]
    /// What was removed a moment ago and may still be shown.
    private var removed: [(object: ExchangeObject, at: Date)] = []
    private var generator: SeededGenerator

    /// The organisation a scenario describes; its objects are made by the cmdlets themselves, so that none of them is
    /// in a shape the service would not have allowed.
    init(
        _ scenario: ScenarioTenant,
        domains: [TenantDomain],
        generator: SeededGenerator
    ) throws(SimulatorError) {
        isDehydrated = false
        organizationName = scenario.initialDomain
        self.domains = domains
        self.generator = generator
        let moment = Moment(now: .distantPast, delays: Delays(), switches: Switches())
        let lists: [(Cmdlet, [[String: JSONValue]])] = [
            (.newInboundConnector, scenario.inboundConnectors), (.newOutboundConnector, scenario.outboundConnectors),
            (.newTransportRule, scenario.transportRules),
        ]
        for (cmdlet, list) in lists {
            for parameters in list {
                do {
                    _ = try run(CmdletCall(cmdlet, parameters, switches: moment.switches), moment)
                } catch {
                    throw SimulatorError(
                        code: .badScenario,
                        detail: "\(cmdlet.rawValue) of \(scenario.initialDomain): \(error.message)"
                    )
                }
            }
        }
        isDehydrated = scenario.isDehydrated
    }

    /// The objects of a kind.
    func objects(_ kind: ObjectKind) -> [ExchangeObject] { objects.filter { $0.kind == kind } }

    /// Runs a cmdlet whose parameters have been checked.
    mutating func run(_ call: CmdletCall, _ moment: Moment) throws(ExchangeError) -> CmdletResult {
        switch call.cmdlet.action {
        case .readOrganization: CmdletResult(records: [organizationRecord])
        case .readDomains: CmdletResult(records: try acceptedDomains(call.identity))
        case .readFilterPolicy: CmdletResult(records: [filterPolicyRecord])
        case .hydrate: try hydrate(moment)
        case .get(let kind): try get(kind, call, moment)
        case .new(let kind): try new(kind, call, moment)
        case .set(let kind): try set(kind, call, moment)
        case .remove(let kind): try remove(kind, call, moment)
        case .enableRule: try setState(true, call, moment)
        case .disableRule: try setState(false, call, moment)
        }
    }

    private mutating func hydrate(_ moment: Moment) throws(ExchangeError) -> CmdletResult {
        guard isDehydrated else { throw .alreadyHydrated }
        isDehydrated = false
        hydratedAt = moment.now
        return CmdletResult(
            records: [],
            change: .init(.changed, "organization-customization", "Enable-OrganizationCustomization", "")
        )
    }

    private func requireHydration(_ moment: Moment) throws(ExchangeError) {
        let isSettled =
            hydratedAt.map { moment.now >= $0.addingTimeInterval(moment.delays.hydrationSeconds) } ?? true
        guard !isDehydrated, isSettled else { throw .dehydrated }
    }

    private func get(_ kind: ObjectKind, _ call: CmdletCall, _ moment: Moment) throws(ExchangeError) -> CmdletResult {
        let visible =
            objects(kind).filter {
                moment.now >= $0.createdAt.addingTimeInterval(moment.delays.exchangeVisibilitySeconds)
            } + ghosts(kind, moment)
        // An empty Identity does not narrow anything: everything comes back, as the reference pages warn.
        if let identity = call.identity, !identity.isEmpty {
            guard let found = visible.first(where: { $0.isIdentified(by: identity) }) else { throw .missing(identity) }
            return CmdletResult(records: [found.record(moment.switches)])
        }
        let asked = visible.filter { isAsked($0, call, moment.switches) }
        return cut(asked.map { $0.record(moment.switches) }, call)
    }

    private func isAsked(_ object: ExchangeObject, _ call: CmdletCall, _ switches: Switches) -> Bool {
        if let state = call.parameters["State"]?.text { return object.isEnabled == (state == "Enabled") }
        guard object.kind == .outboundConnector, switches.hideSpecialConnectors else { return true }
        return object.isTestMode == (call.parameters["IncludeTestModeConnectors"] == true)
            && object.isRuleScoped == (call.parameters["IsTransportRuleScoped"] == true)
    }

    /// A result that was cut says so by a warning, and the service adds a link.
    private func cut(_ records: [JSONValue], _ call: CmdletCall) -> CmdletResult {
        guard let size = call.parameters["ResultSize"]?.integer, size < records.count else {
            return CmdletResult(records: records)
        }
        return CmdletResult(
            records: Array(records.prefix(size)),
            warnings: ["There are more results available than are currently displayed."],
            isCut: true
        )
    }

    private mutating func new(
        _ kind: ObjectKind,
        _ call: CmdletCall,
        _ moment: Moment
    ) throws(ExchangeError) -> CmdletResult {
        try requireHydration(moment)
        for name in kind.required where call.parameters[name] == nil { throw .missingParameter(name) }
        guard let name = call.parameters["Name"]?.text, !name.isEmpty else { throw .missingParameter("Name") }
        if objects(kind).contains(where: { $0.name.lowercased() == name.lowercased() }) { throw .exists(name) }
        var values: [String: JSONValue] = [:]
        for property in kind.properties {
            values[property.name] = call.parameters[property.name] ?? property.initial
        }
        let made = ExchangeObject(
            kind: kind,
            guid: generator.guid(),
            name: name,
            values: values,
            createdAt: moment.now,
            changedAt: moment.now,
            createdBy: moment.actor,
            changedBy: moment.actor
        )
        try made.check()
        if call.parameters["WhatIf"] == true { return CmdletResult(records: []) }
        insert(made)
        let kept = objects.first { $0.guid == made.guid } ?? made
        return CmdletResult(
            records: [kept.record(moment.switches)],
            change: .init(.created, kind.rawValue, name, made.guid)
        )
    }

    private mutating func set(
        _ kind: ObjectKind,
        _ call: CmdletCall,
        _ moment: Moment
    ) throws(ExchangeError) -> CmdletResult {
        let index = try index(kind, call)
        var object = objects[index]
        for property in kind.properties {
            if let value = call.parameters[property.name] { object.values[property.name] = value }
        }
        if let name = call.parameters["Name"]?.text { object.name = name }
        let isTaken = objects(kind).contains {
            $0.guid != object.guid && $0.name.lowercased() == object.name.lowercased()
        }
        if isTaken { throw .exists(object.name) }
        try object.check()
        guard object != objects[index] else {
            let text = "The command completed successfully but no settings of '\(object.name)' have been modified."
            return CmdletResult(records: [], warnings: [text])
        }
        object.changedAt = moment.now
        object.changedBy = moment.actor
        objects.remove(at: index)
        insert(object)
        return CmdletResult(records: [], change: .init(.changed, kind.rawValue, object.name, object.guid))
    }

    private mutating func remove(
        _ kind: ObjectKind,
        _ call: CmdletCall,
        _ moment: Moment
    ) throws(ExchangeError) -> CmdletResult {
        let index = try index(kind, call)
        if let rule = ruleUsing(objects[index]) { throw .inUse(objects[index].name, rule.name) }
        if call.parameters["WhatIf"] == true { return CmdletResult(records: []) }
        let gone = objects.remove(at: index)
        removed.append((gone, moment.now))
        renumberRules()
        return CmdletResult(records: [], change: .init(.deleted, kind.rawValue, gone.name, gone.guid))
    }

    /// Replicas go on showing for a while what was removed.
    private func ghosts(_ kind: ObjectKind, _ moment: Moment) -> [ExchangeObject] {
        removed.filter {
            $0.object.kind == kind
                && moment.now < $0.at.addingTimeInterval(moment.delays.exchangeRemovalSeconds)
        }.map(\.object)
    }

    /// The mail flow rule that leads mail to a connector, which then can't be removed.
    private func ruleUsing(_ connector: ExchangeObject) -> ExchangeObject? {
        guard connector.kind == .outboundConnector else { return nil }
        return objects(.transportRule).first {
            $0["RouteMessageOutboundConnector"].text.map(connector.isIdentified) ?? false
        }
    }

    /// Takes a domain out of what is accepted; false when it was not there.
    mutating func removeDomain(_ name: String) -> Bool {
        let count = domains.count
        domains.removeAll { $0.name == name.lowercased() }
        return domains.count < count
    }

    private mutating func setState(
        _ isEnabled: Bool,
        _ call: CmdletCall,
        _ moment: Moment
    ) throws(ExchangeError) -> CmdletResult {
        let index = try index(.transportRule, call)
        objects[index].values["Enabled"] = .flag(isEnabled)
        objects[index].changedAt = moment.now
        objects[index].changedBy = moment.actor
        let rule = objects[index]
        return CmdletResult(records: [], change: .init(.changed, rule.kind.rawValue, rule.name, rule.guid))
    }

    private func index(_ kind: ObjectKind, _ call: CmdletCall) throws(ExchangeError) -> Int {
        let identity = call.identity ?? ""
        guard let index = objects.firstIndex(where: { $0.kind == kind && $0.isIdentified(by: identity) }) else {
            throw .missing(identity)
        }
        return index
    }

    /// Puts an object where its priority says: a rule without one goes last.
    private mutating func insert(_ object: ExchangeObject) {
        let rules = objects.indices.filter { objects[$0].kind == .transportRule }
        guard object.kind == .transportRule, let priority = object["Priority"].integer, priority < rules.count else {
            objects.append(object)
            renumberRules()
            return
        }
        objects.insert(object, at: rules[priority])
        renumberRules()
    }

    private mutating func renumberRules() {
        let rules = objects.indices.filter { objects[$0].kind == .transportRule }
        for (priority, index) in rules.enumerated() { objects[index].values["Priority"] = .integer(priority) }
    }

    private func acceptedDomains(_ identity: String?) throws(ExchangeError) -> [JSONValue] {
        let accepted = domains.filter { $0.acceptedAs != .notAccepted }
        guard let identity, !identity.isEmpty else { return accepted.map(\.acceptedRecord) }
        guard let found = accepted.first(where: { $0.name == identity.lowercased() }) else { throw .missing(identity) }
        return [found.acceptedRecord]
    }

    private var organizationRecord: JSONValue {
        [
            "Name": .text(organizationName), "Identity": .text(organizationName),
            "DisplayName": .text(organizationName), "IsDehydrated": .flag(isDehydrated),
            "AdminDisplayName": "", "IsValid": true,
        ]
    }

    private var filterPolicyRecord: JSONValue {
        [
            "Name": "Default", "Identity": "Default", "IsDefault": true, "EnableSafeList": false,
            "IPAllowList": [], "IPAllowList@odata.type": "#Collection(String)",
            "IPBlockList": [], "IPBlockList@odata.type": "#Collection(String)", "IsValid": true,
        ]
    }
}

/// What a cmdlet leaves behind.
struct CmdletResult: Sendable {
    struct Change: Sendable {
        let action: Effect.Action
        let kind: String
        let name: String
        let id: String

        init(_ action: Effect.Action, _ kind: String, _ name: String, _ id: String) {
            self.action = action
            self.kind = kind
            self.name = name
            self.id = id
        }
    }

    var records: [JSONValue]
    var warnings: [String] = []
    var isCut = false
    /// What is different now; nil when nothing is.
    var change: Change?
}
