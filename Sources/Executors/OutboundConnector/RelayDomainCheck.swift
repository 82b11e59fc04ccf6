import JobModel
import MailPolicy

/// Asks DNS whether a gateway may send for domains.
struct RelayDomainCheck {
    /// How many domains are asked about at once, as the servers of each are asked at once too.
    private static let parallelMax = 8

    let gateway: GatewayProfile
    let surveyor: SPFSurveyor

    /// What DNS says about each domain, in the domains' order.
    ///
    /// `initial` gives the record that Microsoft wants a domain to have, for one that has none.
    func check(
        _ domains: [String],
        initial: @escaping @Sendable (String) async throws -> String
    ) async throws -> [RelayDomain] {
        let addresses = self.gateway.egressAddresses.compactMap { IPAddress($0) }
        guard !addresses.isEmpty else {
            throw Problem(
                .configurationRejected,
                "`gateway.egress-addresses` is empty: without the gateway's addresses no SPF record can be checked."
            )
        }
        return try await withThrowingTaskGroup(of: (Int, RelayDomain).self) { group in
            var checked: [Int: RelayDomain] = [:]
            for (index, domain) in domains.enumerated() {
                if index >= Self.parallelMax, let (done, found) = try await group.next() { checked[done] = found }
                group.addTask { (index, try await self.check(domain, addresses, initial)) }
            }
            for try await (done, found) in group { checked[done] = found }
            return checked.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func check(
        _ domain: String,
        _ addresses: [IPAddress],
        _ initial: @escaping @Sendable (String) async throws -> String
    ) async throws -> RelayDomain {
        let survey = await self.surveyor.survey(domain, addresses)
        let found = RelayDomain(survey, nil)
        guard found.gate == .shut else { return found }
        let repair = await SPFRepair.find(
            for: survey,
            mechanism: self.gateway.spfMechanism,
            initial: survey.records.isEmpty ? try await initial(domain) : "",
            self.surveyor
        )
        return RelayDomain(survey, repair)
    }
}
