import Foundation

extension Tenant {
    /// Carries out what an administrator does.
    mutating func perform(
        _ action: AdminAction,
        applications: [RegisteredApplication],
        _ moment: Moment
    ) throws(SimulatorError) {
        let moment = moment.with(actor: action.by ?? AdminAction.administrator)
        switch action.action {
        case .createObject: try run("New-", action, [:], moment)
        case .editObject: try run("Set-", action, try identity(action), moment)
        case .deleteObject: try run("Remove-", action, try identity(action), moment)
        case .enableRule: try run(.enableTransportRule, try identity(action), moment)
        case .disableRule: try run(.disableTransportRule, try identity(action), moment)
        case .grantConsent:
            let application = try application(action, applications)
            grant(application, permissions: application.permissions, on: Resource.allCases, moment)
        case .removeConsent:
            guard let gone = directory.removePrincipal(appID: try application(action, applications).clientID) else {
                throw bad("the application has no consent here")
            }
            record(.deleted, "service-principal", name: gone.displayName, id: gone.id, by: "admin", at: moment.now)
        case .removeAppRole: try removeAppRole(action, applications, moment)
        case .removeDirectoryRole: try removeDirectoryRole(action, applications, moment)
        case .grantAppRole: try grantAppRole(action, applications, moment)
        case .grantDirectoryRole: try grantDirectoryRole(action, applications, moment)
        case .removeDomain:
            let name = (action.identity ?? "").lowercased()
            domains.removeAll { $0.name == name }
            guard exchange.removeDomain(name) else { throw bad("the tenant has no domain '\(name)'") }
            record(.deleted, "domain", name: name, id: name, by: "admin", at: moment.now)
        case .disableApplication: directory.setEnabled(false, appID: try application(action, applications).clientID)
        case .enableApplication: directory.setEnabled(true, appID: try application(action, applications).clientID)
        case .removeExchange:
            hasExchange = false
            _ = directory.removePrincipal(appID: Resource.exchange.appID)
        case .addExchange:
            hasExchange = true
            guard directory.principal(appID: Resource.exchange.appID) == nil else { return }
            directory.addPrincipal(Resource.exchange.appID, Resource.exchange.displayName, at: moment.now)
        }
    }

    private func bad(_ detail: String) -> SimulatorError { SimulatorError(code: .badControlRequest, detail: detail) }

    private func application(
        _ action: AdminAction,
        _ applications: [RegisteredApplication]
    ) throws(SimulatorError) -> RegisteredApplication {
        let wanted = action.client?.lowercased()
        guard let found = applications.first(where: { wanted == nil || $0.clientID == wanted }) else {
            throw bad("no application has the client id '\(action.client ?? "")'")
        }
        return found
    }

    private func identity(_ action: AdminAction) throws(SimulatorError) -> [String: JSONValue] {
        guard let identity = action.identity else { throw bad("the key 'identity' is missing") }
        return ["Identity": .text(identity)]
    }

    private mutating func run(
        _ verb: String,
        _ action: AdminAction,
        _ identity: [String: JSONValue],
        _ moment: Moment
    ) throws(SimulatorError) {
        let nouns = [
            "inbound-connector": "InboundConnector", "outbound-connector": "OutboundConnector",
            "transport-rule": "TransportRule",
        ]
        guard let noun = nouns[action.kind ?? ""], let cmdlet = Cmdlet(rawValue: verb + noun) else {
            throw bad("the key 'kind' must be one of \(nouns.keys.sorted())")
        }
        try run(cmdlet, (action.parameters ?? [:]).merging(identity) { $1 }, moment)
    }

    private mutating func run(
        _ cmdlet: Cmdlet,
        _ parameters: [String: JSONValue],
        _ moment: Moment
    ) throws(SimulatorError) {
        var parameters = parameters
        if cmdlet.parameters["Confirm"] != nil { parameters["Confirm"] = false }
        do {
            let result = try exchange.run(CmdletCall(cmdlet, parameters, switches: moment.switches), moment)
            guard let change = result.change else { return }
            record(change.action, change.kind, name: change.name, id: change.id, by: "admin", at: moment.now)
        } catch {
            throw bad("\(cmdlet.rawValue): \(error.message)")
        }
    }

    private mutating func removeAppRole(
        _ action: AdminAction,
        _ applications: [RegisteredApplication],
        _ moment: Moment
    ) throws(SimulatorError) {
        let client = try application(action, applications).clientID
        guard let holder = directory.principal(appID: client), let role = AppRole.named(action.role ?? ""),
            let held = directory.appRoleAssignments.first(where: {
                $0.principalID == holder.id && $0.roleID == role.id
            })
        else { throw bad("the application does not hold the app role '\(action.role ?? "")'") }
        _ = directory.removeAppRoleAssignment(id: held.id, at: moment.now)
        record(.deleted, "app-role-assignment", name: role.value, id: held.id, by: "admin", at: moment.now)
    }

    private mutating func grantAppRole(
        _ action: AdminAction,
        _ applications: [RegisteredApplication],
        _ moment: Moment
    ) throws(SimulatorError) {
        guard let holder = directory.principal(appID: try application(action, applications).clientID),
            let role = AppRole.named(action.role ?? ""), let target = directory.principal(appID: role.resource.appID)
        else { throw bad("the application cannot be given the app role '\(action.role ?? "")'") }
        let made = directory.assign(role.id, of: target, to: holder, at: moment.now, tokenDelay: 0)
        record(.created, "app-role-assignment", name: role.value, id: made.id, by: "admin", at: moment.now)
    }

    private mutating func grantDirectoryRole(
        _ action: AdminAction,
        _ applications: [RegisteredApplication],
        _ moment: Moment
    ) throws(SimulatorError) {
        guard let holder = directory.principal(appID: try application(action, applications).clientID),
            let role = DirectoryRole.find(action.role ?? "")
        else { throw bad("the application cannot be given the directory role '\(action.role ?? "")'") }
        let made = directory.assignDirectoryRole(role.templateID, to: holder, at: moment.now)
        record(.created, "directory-role-assignment", name: role.name, id: made.id, by: "admin", at: moment.now)
    }

    private mutating func removeDirectoryRole(
        _ action: AdminAction,
        _ applications: [RegisteredApplication],
        _ moment: Moment
    ) throws(SimulatorError) {
        let client = try application(action, applications).clientID
        guard let holder = directory.principal(appID: client), let role = DirectoryRole.find(action.role ?? ""),
            let held = directory.roleAssignments.first(where: {
                $0.principalID == holder.id && $0.roleID == role.templateID
            })
        else { throw bad("the application does not hold the directory role '\(action.role ?? "")'") }
        _ = directory.removeRoleAssignment(id: held.id, at: moment.now)
        record(.deleted, "directory-role-assignment", name: role.name, id: held.id, by: "admin", at: moment.now)
    }
}
