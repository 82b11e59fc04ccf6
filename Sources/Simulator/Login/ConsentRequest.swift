import Foundation

/// What an administrator's browser asks the consent page.
struct ConsentRequest: Sendable {
    /// `v2.0/adminconsent` names scopes and forbids `common`.
    let isVersion2: Bool
    let tenantName: String
    let clientID: String
    let redirectURI: String
    let scopes: [String]
    let state: String?

    init(_ call: Call) {
        isVersion2 = call.path.contains("v2.0")
        tenantName = call.path.first ?? ""
        clientID = (call.query("client_id") ?? "").lowercased()
        redirectURI = call.query("redirect_uri") ?? ""
        scopes = (call.query("scope") ?? "").split(separator: " ").map(String.init)
        state = call.query("state")
    }

    /// Whether consent speaks of the roles on that resource.
    func covers(_ resource: Resource, switches: Switches) -> Bool {
        guard isVersion2 else { return true }
        if switches.consentGrantsAllResources { return !scopes.isEmpty }
        return scopes.contains { $0.hasPrefix(resource.identifier + "/") }
    }

    /// The page that shows an error instead of sending the browser back.
    static func page(_ code: Int, _ text: String) -> Reply {
        Reply(
            status: 400,
            headers: ["Content-Type": "text/html; charset=utf-8"],
            body: Data("<!doctype html><title>Sign in</title><p>AADSTS\(code): \(text)</p>\n".utf8)
        )
    }

    /// Back to the application, having granted.
    func granted(tenant: String) -> Reply {
        redirect(
            isVersion2
                ? [("admin_consent", "True"), ("tenant", tenant), ("scope", scopes.joined(separator: " "))]
                : [("tenant", tenant), ("admin_consent", "True")]
        )
    }

    /// Back to the application, having declined.
    ///
    /// A version 2 refusal still says `admin_consent=True`.
    func declined(trace: String, now: Date) -> Reply {
        guard isVersion2 else {
            return redirect([
                ("error", "permission_denied"), ("error_description", "The admin canceled the request"),
            ])
        }
        let stamp = now.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space))
        let text =
            "AADSTS65004: User declined to consent to access the app. Trace ID: \(trace) "
            + "Correlation ID: \(trace) Timestamp: \(stamp)"
        return redirect([("error", "consent_required"), ("error_description", text), ("admin_consent", "True")])
    }

    private func redirect(_ fields: [(String, String)]) -> Reply {
        let all = fields + (state.map { [("state", $0)] } ?? [])
        let query = all.map { "\($0.0)=\(ConsentRequest.encode($0.1))" }.joined(separator: "&")
        let separator = redirectURI.contains("?") ? "&" : "?"
        return Reply(status: 302, headers: ["Location": redirectURI + separator + query])
    }

    private static func encode(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
