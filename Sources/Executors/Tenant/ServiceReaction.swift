import JobModel
import Microsoft365

/// What an error of Microsoft 365 means for a job: the only such table.
enum ServiceReaction: Equatable {
    /// The attempt has failed; the code says whether another follows.
    case fail(ProblemCode)
    /// It passes by itself within the wait's limit, or else is a problem of that code.
    case wait(Wait, ProblemCode)
    /// The attempt was called off.
    case interrupt
}

extension Microsoft365Error {
    /// What to do about it when no step knows better.
    var reaction: ServiceReaction {
        switch self.code {
        case .credentialsRejected: .fail(.credentialsRejected)
        case .configurationRejected: .fail(.configurationRejected)
        case .applicationNotConsented: self.isRetryable ? .wait(.consent, .consentMissing) : .fail(.consentMissing)
        case .applicationDisabled: .fail(.applicationDisabled)
        case .tenantNotFound, .wrongCloud: .fail(.tenantNotFound)
        case .exchangeMissing: .fail(.exchangeMissing)
        case .accessBlockedByPolicy: .fail(.accessBlocked)
        case .throttled: .wait(.throttle, .throttled)
        case .unavailable: .fail(.serviceUnavailable)
        case .unreachable: .fail(self.isLogins ? .loginUnreachable : .serviceUnavailable)
        case .interrupted: .fail(.effectUncertain)
        case .cancelled: .interrupt
        case .unauthorized: self.isExchanges ? .wait(.exchangeAccess, .propagationTimeout) : .fail(.unexpectedAnswer)
        case .forbidden:
            self.isExchanges ? .wait(.exchangeAccess, .propagationTimeout) : .wait(.permissions, .permissionMissing)
        case .notFound: .wait(.visibility, .propagationTimeout)
        case .organizationDehydrated: .wait(.customization, .propagationTimeout)
        case .connectorCreationRefused: .fail(.connectorRefused)
        case .invalidRequest: .fail(.internalError)
        case .alreadyExists, .malformedAnswer, .foreignLink, .answerTooLarge, .resyncRequired, .pageExpired:
            .fail(.unexpectedAnswer)
        }
    }

    /// Whether a write may have taken effect though its answer cannot be used.
    ///
    /// Wider than `isAmbiguous`: an answer of nonsense says as little about the effect as none at all.
    var leavesEffectOpen: Bool {
        switch self.code {
        case .interrupted, .malformedAnswer, .answerTooLarge: self.isWrite
        case .credentialsRejected, .applicationNotConsented, .applicationDisabled, .tenantNotFound, .wrongCloud,
            .exchangeMissing, .accessBlockedByPolicy, .configurationRejected, .throttled, .unavailable, .unreachable,
            .cancelled, .unauthorized, .forbidden, .notFound, .alreadyExists, .invalidRequest, .organizationDehydrated,
            .connectorCreationRefused, .foreignLink, .resyncRequired, .pageExpired:
            false
        }
    }

    private var isLogins: Bool { self.operation.hasPrefix("login.") }
    private var isExchanges: Bool { self.operation.hasPrefix("exchange.") }
}
