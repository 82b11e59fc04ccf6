package import Foundation

/// Asks a tenant's administrator for consent, and judges the redirect that comes back.
///
/// Pure: time, nonces and the memory of used nonces come from the caller. The redirect proves little, since every part of
/// it but the state passes through a stranger's browser: after `granted` the tenant must still be proved, by a token for it
/// and a verified domain that is the customer's.
/// Source: Microsoft identity platform, "Admin consent protocols".
package struct AdminConsent: Sendable {
    private let clientID: String
    private let endpoints: CloudEndpoints
    private let redirectURI: String
    private let key: ConsentKey

    /// Takes what all consent URLs of a deployment share; the redirect URI must be one of the registration's.
    package init(clientID: String, endpoints: CloudEndpoints, redirectURI: String, key: ConsentKey) {
        self.clientID = clientID
        self.endpoints = endpoints
        self.redirectURI = redirectURI
        self.key = key
    }

    /// The address to send the administrator to, in the v2 form.
    ///
    /// It asks for all app roles of the registration on Graph (`/.default`). Without a tenant any work or school account's
    /// administrator may answer (`organizations`; the v2 form does not take `common`).
    package func url(for state: ConsentState) -> String {
        let place = state.tenant?.uuidString.lowercased() ?? "organizations"
        let query = [
            ("client_id", self.clientID),
            ("redirect_uri", self.redirectURI),
            ("scope", self.endpoints.scope(of: .graph)),
            ("state", state.signed(with: self.key)),
        ].map { "\($0)=\($1.formEncoded)" }.joined(separator: "&")
        return "\(self.endpoints.login)/\(place)/v2.0/adminconsent?\(query)"
    }

    /// Judges the redirect: the whole URL, or only its query.
    ///
    /// An error counts first, since a refusal may carry `admin_consent=True`. `isUnused` is asked last and at most once, so it
    /// may mark the nonce as used when it answers true.
    package func verdict(
        on redirect: String,
        now: Date,
        isUnused: (_ nonce: String) -> Bool
    ) -> ConsentVerdict {
        guard let fields = Self.fields(of: redirect) else { return .rejected(.malformed) }
        let state = fields["state"].flatMap { ConsentState(signed: $0, key: self.key) }
        if let error = fields["error"] {
            return .refused(ConsentRefusal(error: error, description: fields["error_description"]), state)
        }
        guard fields["state"]?.isEmpty == false else { return .rejected(.stateMissing) }
        guard let state else { return .rejected(.stateForged) }
        guard now < state.expires else { return .rejected(.stateExpired) }
        guard fields["admin_consent"]?.lowercased() == "true" else { return .rejected(.malformed) }
        guard let tenant = fields["tenant"].flatMap(UUID.init(uuidString:)) else { return .rejected(.malformed) }
        guard state.tenant == nil || state.tenant == tenant else { return .rejected(.tenantForged) }
        guard isUnused(state.nonce) else { return .rejected(.stateUsed) }
        return .granted(tenant: tenant, state)
    }

    /// The fields of the query; nil when there is none, when one stands twice or when it is longer than any real one.
    private static func fields(of redirect: String) -> [String: String]? {
        guard redirect.utf8.count <= Self.redirectBytesMax else { return nil }
        let query = redirect.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
        var fields: [String: String] = [:]
        for pair in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let name = halves.first.flatMap({ String($0).formDecoded }),
                let value = halves.count == 2 ? String(halves[1]).formDecoded : "",
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return fields.isEmpty ? nil : fields
    }

    /// The longest redirect that is looked at.
    private static let redirectBytesMax = 16_384
}

/// What a consent redirect means.
package enum ConsentVerdict: Equatable, Sendable {
    /// An administrator says yes for this tenant; now prove the tenant.
    case granted(tenant: UUID, ConsentState)
    /// The login service reports a refusal; the state is nil when none of ours came with it.
    case refused(ConsentRefusal, ConsentState?)
    /// The redirect is not to be believed; nothing may be done with it.
    case rejected(ConsentRejection)
}

/// Why the login service did not give consent.
package struct ConsentRefusal: Equatable, Sendable {
    /// The kind of refusal.
    package enum Kind: Equatable, Sendable {
        /// The administrator said no.
        case declined
        /// The person is no administrator, or the request awaits review.
        case administratorNeeded
        /// Anything else; the number says what.
        case other
    }
    /// The kind of refusal.
    package let kind: Kind
    /// The number behind `AADSTS`, when one came.
    package let number: Int?

    /// Reads both shapes: v2 (`consent_required` with a number) and v1 (`permission_denied` without).
    init(error: String, description: String?) {
        let number = description.flatMap(Self.number)
        self.number = number
        switch (number, error) {
        case (65004, _), (nil, "permission_denied"), (nil, "access_denied"): self.kind = .declined
        case (90094, _), (90095, _), (90093, _): self.kind = .administratorNeeded
        default: self.kind = .other
        }
    }

    private static func number(in description: String) -> Int? {
        guard let mark = description.range(of: "AADSTS") else { return nil }
        return Int(description[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }.prefix(9))
    }
}

/// Why a consent redirect is not believed.
package enum ConsentRejection: String, CaseIterable, Sendable {
    /// It has no query, a field twice, no tenant GUID, or no `admin_consent=True`.
    case malformed
    /// It carries no state.
    case stateMissing
    /// Its state was not signed by us.
    case stateForged
    /// Its state is too old.
    case stateExpired
    /// Its state was used before.
    case stateUsed
    /// It names another tenant than the one that was asked.
    case tenantForged
}
