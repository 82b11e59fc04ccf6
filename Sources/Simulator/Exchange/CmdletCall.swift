import Foundation

/// A cmdlet with checked parameters.
struct CmdletCall: Sendable {
    let cmdlet: Cmdlet
    /// Values in the form in which they are kept, by the parameter's proper name.
    let parameters: [String: JSONValue]

    /// Parameters every cmdlet takes.
    private static let common = Set(["erroraction", "warningaction", "verbose", "debug"])

    /// Checks names, types and the confirmation.
    ///
    /// Names are matched without case, as PowerShell does; an unknown one and a null are refused.
    init(_ cmdlet: Cmdlet, _ given: [String: JSONValue], switches: Switches) throws(ExchangeError) {
        let table = cmdlet.parameters
        var accepted: [String: JSONValue] = [:]
        for (name, value) in given.sorted(by: { $0.key < $1.key }) where !name.contains("@odata.") {
            if CmdletCall.common.contains(name.lowercased()) { continue }
            guard let known = table.first(where: { $0.key.lowercased() == name.lowercased() }) else {
                throw .unknownParameter(name)
            }
            accepted[known.key] = try known.value.accept(value, for: known.key)
        }
        self.cmdlet = cmdlet
        parameters = accepted
        try requireIdentity()
        try requireConfirmation(switches)
    }

    var identity: String? { parameters["Identity"]?.text }

    private func requireIdentity() throws(ExchangeError) {
        switch cmdlet.action {
        case .set, .remove, .enableRule, .disableRule:
            guard let identity, !identity.isEmpty else { throw .missingParameter("Identity") }
        case .readOrganization, .hydrate, .readDomains, .readFilterPolicy, .get, .new: break
        }
    }

    private func requireConfirmation(_ switches: Switches) throws(ExchangeError) {
        switch cmdlet.action {
        case .set, .remove, .disableRule:
            if switches.requireConfirm, parameters["Confirm"] != false { throw .needsConfirmation }
        case .readOrganization, .hydrate, .readDomains, .readFilterPolicy, .get, .new, .enableRule: break
        }
    }
}

/// The body of InvokeCommand, before its parameters are judged.
struct CmdletEnvelope: Sendable {
    let name: String
    let parameters: [String: JSONValue]

    /// Reads `{"CmdletInput":{"CmdletName":…,"Parameters":{…}}}` and nothing else.
    init(_ body: Data) throws(ExchangeError) {
        guard let members = (try? JSONValue(parsing: body))?.object else {
            throw .badEnvelope("The body is not a JSON object.")
        }
        guard Set(members.keys) == ["CmdletInput"], let input = members["CmdletInput"]?.object else {
            throw .badEnvelope("The parameter 'CmdletInput' is wanted and no other.")
        }
        guard Set(input.keys) == ["CmdletName", "Parameters"], let name = input["CmdletName"]?.text else {
            throw .badEnvelope("CmdletInput holds CmdletName and Parameters and nothing else.")
        }
        guard let parameters = input["Parameters"]?.object else {
            throw .badEnvelope("Parameters must be an object, {} when there are none.")
        }
        self.name = name
        self.parameters = parameters
    }
}
