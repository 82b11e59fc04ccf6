import JobModel
import Microsoft365

/// Why a mailbox could not be dealt with.
enum MailboxTrouble: Error, Equatable {
    /// The directory knows no such user.
    case notInTenant
    /// The user has no mailbox in Exchange Online, or none yet.
    case noMailbox(Microsoft365Error)
    /// The tenant keeps the application out of the mailbox.
    case denied
    /// The service will not do it, for good; nothing was done.
    case refused(DispositionNote)
    /// It may pass: the mailbox is left for later.
    case transient(Microsoft365Error)
    /// It is no business of this mailbox: the whole attempt ends.
    case jobWide(Microsoft365Error)

    /// Judges an error of a call on one mailbox.
    init(_ error: Microsoft365Error) {
        if let refusal = error.refusal {
            self = .refused(refusal)
            return
        }
        switch error.code {
        case .notFound: self = Self.missing(error)
        case .forbidden: self = .denied
        case .throttled, .unavailable, .interrupted, .malformedAnswer, .answerTooLarge, .alreadyExists, .invalidRequest,
            .pageExpired:
            self = .transient(error)
        case .unreachable: self = error.operation.hasPrefix("login.") ? .jobWide(error) : .transient(error)
        case .credentialsRejected, .applicationNotConsented, .applicationDisabled, .tenantNotFound, .wrongCloud,
            .exchangeMissing, .accessBlockedByPolicy, .configurationRejected, .cancelled, .unauthorized,
            .organizationDehydrated, .connectorCreationRefused, .foreignLink, .resyncRequired:
            self = .jobWide(error)
        }
    }

    /// What is missing: an item or folder passes, as it may be found elsewhere; the user does not.
    private static func missing(_ error: Microsoft365Error) -> MailboxTrouble {
        if error.serviceCode == "MailboxNotEnabledForRESTAPI" { return .noMailbox(error) }
        return error.isItemGone ? .transient(error) : .notInTenant
    }
}

extension Microsoft365Error {
    /// That the item is no longer in the state that was read: somebody else changed it.
    var isOutdated: Bool { self.status == 412 || self.serviceCode == "ErrorIrresolvableConflict" }

    /// Why the service will not read, change, move or make something, and nothing was done; nil when it says no such thing.
    var refusal: DispositionNote? {
        switch self.serviceCode {
        case "ErrorCorruptData": .damagedItem
        case "ErrorQuotaExceeded": .mailboxFull
        default: nil
        }
    }
}
