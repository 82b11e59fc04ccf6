import Foundation

/// Exchange Online administration: what a gateway reads and sets in a tenant.
///
/// Every call is one command of the service behind the Exchange Online PowerShell module; the service has no public
/// contract, so all knowledge of it stays in this module. Commands of one value run one at a time, since connectors and rules
/// are not safe to change concurrently. Needs the app role Exchange.ManageAsApp and the directory role Exchange
/// Administrator: without either the service answers 401 (`unauthorized`), with the first alone 403 (`forbidden`).
///
/// An identity is a GUID or a name, never empty: some commands answer an empty one with all objects. Prefer the GUID,
/// administrators rename.
package struct ExchangeAdministration: Sendable {
    private let address: ServiceAddress
    private let tenant: UUID
    private let sender: Sender
    private let gate = SerialGate()
    private let connection = UUID()

    init(address: ServiceAddress, tenant: UUID, sender: Sender) {
        self.address = address
        self.tenant = tenant
        self.sender = sender
    }

    /// The settings of the whole tenant; also the cheapest proof that Exchange lets us in.
    package func organizationConfig() async throws(Microsoft365Error) -> OrganizationConfig {
        let command = ExchangeCommand(name: "Get-OrganizationConfig")
        guard let record = try await self.run(command).first else { throw self.failure(.malformedAnswer, command) }
        return OrganizationConfig(record)
    }

    /// Opens the tenant for customisation; it may take an hour to take effect.
    ///
    /// Run it only when ``OrganizationConfig/isDehydrated`` is true or a command threw `organizationDehydrated`: a second
    /// run is an error, which callers should pass over.
    package func enableOrganizationCustomization() async throws(Microsoft365Error) {
        let command = ExchangeCommand(name: "Enable-OrganizationCustomization", parameters: ["Confirm": false])
        _ = try await self.run(command)
    }

    /// The domains Exchange accepts mail for.
    package func acceptedDomains() async throws(Microsoft365Error) -> [AcceptedDomain] {
        let command = ExchangeCommand(name: "Get-AcceptedDomain", parameters: Self.everything)
        return try await self.run(command).map { record throws(Microsoft365Error) in
            guard let domain = AcceptedDomain(record) else { throw self.failure(.malformedAnswer, command) }
            return domain
        }
    }

    /// Runs one command in its turn and gives what it brought.
    func run(_ command: ExchangeCommand) async throws(Microsoft365Error) -> [ExchangeRecord] {
        guard await self.gate.enter() else {
            throw Microsoft365Error(.cancelled, operation: "exchange.\(command.name)", tenant: self.tenant)
        }
        defer { self.gate.leave() }
        let call = self.call(command)
        return try ExchangeCommand.records(in: try await self.sender.send(call), of: call)
    }

    /// An error of a command that has no answer of its own to show.
    func failure(_ code: Microsoft365Error.Code, _ command: ExchangeCommand) -> Microsoft365Error {
        self.call(command).failure(code)
    }

    private func call(_ command: ExchangeCommand) -> ServiceCall {
        command.call(
            address: self.address,
            tenant: self.tenant,
            connection: self.connection,
            time: self.sender.limits.commandTime
        )
    }

    /// Lists stop at 1,000 objects unless they are told not to.
    static let everything: [String: JSONValue] = ["ResultSize": "Unlimited"]
}
