/// How a domain's SPF record is mended so that a gateway may send for it.
///
/// What is proposed has been tried: with it in place every address of the gateway passes, the record is in error for nobody, and
/// it authorises whom today's record does and the gateway, nobody else. Where no such record exists nothing is proposed.
package struct SPFRepair: Sendable, Equatable {
    /// The record to publish instead of what is there; nil when publishing is not the remedy.
    package let publish: String?
    /// What is wrong and what to do, in one or two sentences.
    package let advice: String

    /// Finds the repair for a survey that is not right.
    ///
    /// `mechanism` is what the gateway asks domains to name, such as `include:spf.gateway.example`; without one its addresses are
    /// named. `initial` is the record that a domain without one begins with.
    package static func find(
        for survey: SPFSurvey,
        mechanism: String?,
        initial: String,
        _ surveyor: SPFSurveyor
    ) async -> SPFRepair {
        if survey.authoritativeFinding.result == .pass {
            return SPFRepair(
                publish: nil,
                advice: """
                    \(survey.domain) publishes the right record, and a resolver still holds the one before; it goes by itself \
                    when its time to live has passed.
                    """
            )
        }
        if let mechanism, let trouble = await self.trouble(of: mechanism, survey, surveyor) { return trouble }
        let draft: SPFDraft
        do throws(SPFDraft.Refusal) {
            draft = try SPFDraft(records: survey.records, initial: initial)
        } catch {
            return self.byHand(survey, error.reason)
        }
        var fault: String?
        let today: Strangers? =
            if let unchanged = draft.unchanged { await self.strangers(unchanged, survey, surveyor) } else { nil }
        for candidate in draft.candidates(mechanism: mechanism, addresses: survey.addresses) {
            let verdicts = await surveyor.verdicts(survey.domain, survey.addresses, with: candidate)
            guard verdicts.allSatisfy({ $0.result == .pass || $0.result == .temperror }) else { continue }
            let then = await self.strangers(candidate, survey, surveyor)
            fault = then.fault(since: today)
            guard fault == nil else { continue }
            let rest = then.errorIPv6.map { " For senders by IPv6 it stays in error: \($0)." } ?? ""
            return SPFRepair(publish: candidate, advice: draft.advice(for: survey) + rest)
        }
        let reason = fault ?? survey.authoritativeFinding.reason ?? survey.resolverFinding.reason ?? "nobody knows why"
        return self.byHand(survey, reason)
    }

    private static func byHand(_ survey: SPFSurvey, _ reason: String) -> SPFRepair {
        SPFRepair(
            publish: nil,
            advice: "The SPF record of \(survey.domain) has to be mended by hand first: \(reason)."
        )
    }

    /// What is wrong with the gateway's own side: no domain can mend that.
    private static func trouble(
        of mechanism: String,
        _ survey: SPFSurvey,
        _ surveyor: SPFSurveyor
    ) async -> SPFRepair? {
        let alone = await surveyor.verdicts(survey.domain, survey.addresses, with: "v=spf1 \(mechanism) -all")
        let left = zip(survey.addresses, alone).filter { $0.1.result != .pass && $0.1.result != .temperror }.map(\.0)
        guard !left.isEmpty else { return nil }
        let addresses = left.map(\.description).joined(separator: ", ")
        return SPFRepair(
            publish: nil,
            advice: """
                The gateway's own \(mechanism) does not name \(addresses); its operator has to mend that record, \
                gateway.spf-mechanism or gateway.egress-addresses.
                """
        )
    }

    /// What is wrong with a record for senders whom it does not name, so that every term is tried.
    private struct Strangers {
        /// Why it is in error for senders by IPv4; nil where it is not, or DNS did not tell.
        let errorIPv4: String?
        /// The same by IPv6.
        let errorIPv6: String?

        /// Why a record must not be published after one that said `today`; nil where it may.
        ///
        /// An error for IPv6 alone, such as three hosts without an IPv6 address, may stay where it is there today.
        func fault(since today: Strangers?) -> String? {
            self.errorIPv4 ?? (today?.errorIPv6 == nil ? self.errorIPv6 : nil)
        }
    }

    private static func strangers(
        _ record: String,
        _ survey: SPFSurvey,
        _ surveyor: SPFSurveyor
    ) async -> Strangers {
        // Addresses that nobody can send from: 0.0.0.0 and ::.
        let nobody = [4, 16].compactMap { IPAddress(bytes: [UInt8](repeating: 0, count: $0)) }
        let verdicts = await surveyor.verdicts(survey.domain, nobody, with: record)
        let errors = verdicts.map { $0.result == .permerror ? $0.fault : nil }
        return Strangers(errorIPv4: errors.first ?? nil, errorIPv6: errors.last ?? nil)
    }
}

extension SPFVerdict {
    /// Why it is an error, with the terms at fault.
    fileprivate var fault: String {
        let reason = self.reason ?? "it is in error"
        guard self.lookups > SPFEvaluation.lookupsMax else { return reason }
        let asking = self.trace.filter { $0.depth == 0 && SPFDraft.asksDNS($0.term) }.map(\.term)
        return "\(reason): \(asking.joined(separator: ", "))"
    }
}
