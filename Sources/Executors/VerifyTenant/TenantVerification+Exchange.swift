import JobModel
import Microsoft365

/// What stands in Exchange Online, as far as it can be read.
extension TenantVerification {
    /// Reads connectors and rules; what cannot be read is unknown, never absent.
    mutating func readExchange() async throws {
        guard self.holdsGrants else {
            return self.leaveUnknown("Exchange Online cannot be read without the two grants.")
        }
        do {
            let scan = try await self.scanExchange()
            self.scan = scan
            self.findings += scan.findings
            self.objects += scan.objects
        } catch let error as Microsoft365Error where error.code == .unauthorized || error.code == .forbidden {
            self.leaveUnknown("Exchange Online does not let us in although the two grants are listed.")
        }
    }

    /// All lists at one time.
    func scanExchange() async throws -> ExchangeScan {
        ExchangeScan(
            inbound: try await self.kinds.inbound.list(),
            outbound: try await self.kinds.outbound.list(),
            rules: try await self.kinds.rule.list(),
            kinds: self.kinds,
            gateway: self.settings.gateway
        )
    }

    private mutating func leaveUnknown(_ reason: String) {
        self.findings += [
            DriftFinding.unread(self.kinds.inbound, reason), .unread(self.kinds.outbound, reason),
            .unread(self.kinds.rule, reason),
        ]
    }
}

extension DriftFinding {
    /// That nobody can tell how an object of ours stands.
    fileprivate static func unread(_ kind: some ExchangeKind, _ reason: String) -> DriftFinding {
        DriftFinding(
            id: kind.kind.rawValue,
            subject: kind.subject,
            name: kind.name,
            drift: .unknown,
            lastApplied: .unknown(reason),
            wanted: .known(kind.name),
            live: .unknown(reason),
            isRepairable: false,
            advice: "Repair the grants first, or wait until they are in effect."
        )
    }
}
