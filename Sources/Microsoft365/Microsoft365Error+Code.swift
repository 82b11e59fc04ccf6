extension Microsoft365Error {
    /// The kinds of failure a caller can tell apart.
    package enum Code: String, CaseIterable, Sendable {
        /// The login service does not accept our client secret or certificate: our configuration, never the tenant's fault.
        case credentialsRejected
        /// The application is not in the tenant, or nobody consented: just after a consent it passes within minutes.
        case applicationNotConsented
        /// An administrator of the tenant disabled the application.
        case applicationDisabled
        /// The login service knows no such tenant, or the tenant was deleted.
        case tenantNotFound
        /// The tenant lives in another Microsoft cloud than the configured one.
        case wrongCloud
        /// The tenant has no Exchange Online.
        case exchangeMissing
        /// A policy of the tenant (conditional access for workloads) blocks the application.
        case accessBlockedByPolicy
        /// Our application's registration, a scope or an address is wrong: our configuration.
        case configurationRejected
        /// The service asks to be left alone for a while; nothing was done.
        case throttled
        /// The service is out of order for now; nothing was changed.
        case unavailable
        /// No connection could be made; nothing was sent.
        case unreachable
        /// A write was sent and its answer was lost or was a server error: whether it took effect must be read.
        case interrupted
        /// The caller ended the work before anything in doubt was sent.
        case cancelled
        /// The service refused the token (HTTP 401) twice: at Exchange this means no app role yet.
        case unauthorized
        /// The token lacks a right (HTTP 403): at Exchange this means no directory role yet.
        case forbidden
        /// The object does not exist, or is not visible yet.
        case notFound
        /// The object to be created is there already.
        case alreadyExists
        /// The service rejects what we asked, or we refused to ask it: our defect.
        case invalidRequest
        /// The tenant must be opened for customisation first (Enable-OrganizationCustomization).
        case organizationDehydrated
        /// Exchange does not let this tenant create connectors of this kind (trial and developer tenants).
        case connectorCreationRefused
        /// An answer was not what the service promises: not JSON, cut, or without a promised field.
        case malformedAnswer
        /// A link to the next page leads to another host; the token was not sent there.
        case foreignLink
        /// An answer, or a list, was longer than the bound; it was not read to its end.
        case answerTooLarge
        /// A delta link no longer holds: everything has to be read anew.
        case resyncRequired
        /// A link to the next page has died: the list has to be read from its beginning.
        case pageExpired
    }
}

extension Microsoft365Error.Code {
    /// True when time alone may mend it.
    var passesByItself: Bool {
        switch self {
        case .throttled, .unavailable, .unreachable, .interrupted, .malformedAnswer:
            true
        case .credentialsRejected, .applicationNotConsented, .applicationDisabled, .tenantNotFound, .wrongCloud,
            .exchangeMissing, .accessBlockedByPolicy, .configurationRejected, .cancelled, .unauthorized, .forbidden,
            .notFound, .alreadyExists, .invalidRequest, .organizationDehydrated, .connectorCreationRefused,
            .foreignLink, .answerTooLarge, .resyncRequired, .pageExpired:
            false
        }
    }

    var meaning: String {
        switch self {
        case .credentialsRejected: "the login service rejects the application's secret or certificate"
        case .applicationNotConsented: "the application has no consent in this tenant"
        case .applicationDisabled: "the application is disabled in this tenant"
        case .tenantNotFound: "there is no such tenant"
        case .wrongCloud: "the tenant lives in another Microsoft cloud"
        case .exchangeMissing: "the tenant has no Exchange Online"
        case .accessBlockedByPolicy: "a policy of the tenant blocks the application"
        case .configurationRejected: "the configuration of the application or of the service addresses is wrong"
        case .throttled: "the service asks us to slow down"
        case .unavailable: "the service is out of order for now"
        case .unreachable: "no connection to the service could be made"
        case .interrupted: "the request was sent, but its answer is missing or says nothing about its effect"
        case .cancelled: "the work was ended before it was done"
        case .unauthorized: "the service does not accept the token"
        case .forbidden: "the application lacks a right"
        case .notFound: "the object does not exist"
        case .alreadyExists: "the object exists already"
        case .invalidRequest: "the request is not valid"
        case .organizationDehydrated: "the tenant has not been opened for customisation"
        case .connectorCreationRefused: "Exchange does not let this tenant create the connector"
        case .malformedAnswer: "the answer is not what the service promises"
        case .foreignLink: "the link to the next page leads to another host"
        case .answerTooLarge: "the answer is longer than allowed"
        case .resyncRequired: "the service no longer goes on from the link"
        case .pageExpired: "the link to the next page has expired"
        }
    }

    var advice: String {
        switch self {
        case .credentialsRejected:
            "check the client id and the secret's value (not its id) or the certificate, and whether it has expired"
        case .applicationNotConsented:
            "have an administrator of the tenant give consent (sluice consent-url), and wait some minutes after it"
        case .applicationDisabled: "have an administrator of the tenant enable the enterprise application"
        case .tenantNotFound: "check the tenant id"
        case .wrongCloud: "set microsoft.cloud to the cloud in which the tenant lives"
        case .exchangeMissing: "have the tenant subscribe to Exchange Online first"
        case .accessBlockedByPolicy: "have an administrator of the tenant exempt the application from the policy"
        case .configurationRejected: "compare the microsoft settings with the application's registration"
        case .throttled, .unavailable: "try again later"
        case .unreachable: "check the service's address, DNS and the network, then try again"
        case .interrupted: "read the object to see whether the change took effect before trying again"
        case .cancelled: "start it again"
        case .unauthorized: "wait for the role assignments to take effect, or give consent again"
        case .forbidden: "wait for the role assignments to take effect, or grant the missing permission"
        case .notFound: "check that it was not removed meanwhile"
        case .alreadyExists: "read it and compare"
        case .invalidRequest: "report this as a defect with the request id"
        case .organizationDehydrated: "run Enable-OrganizationCustomization and wait until it has taken effect"
        case .connectorCreationRefused: "ask Microsoft support to allow connectors in this tenant"
        case .malformedAnswer: "try again later, and report it with the request id if it stays"
        case .foreignLink: "check the service addresses in the configuration"
        case .answerTooLarge: "report this as a defect with the request id"
        case .resyncRequired: "read everything anew"
        case .pageExpired: "read the list from its beginning"
        }
    }
}
