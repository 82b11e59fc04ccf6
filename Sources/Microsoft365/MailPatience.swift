/// How patiently a single call of a batch is sent again.
package struct MailPatience: Sendable, Equatable {
    /// How often a call that is throttled is sent in all.
    package var throttledAttemptsMax: Int
    /// How often a read that meets an error is sent in all.
    package var readAttemptsMax: Int
    /// The first pause; it doubles each time and is shortened by chance to no less than half.
    package var pause: Duration
    /// The longest pause, ours or the service's; a service that asks for more is `throttled`, and the job waits instead.
    package var pauseMax: Duration

    /// Makes a policy; every bound is said by whoever puts the program together.
    package init(throttledAttemptsMax: Int, readAttemptsMax: Int, pause: Duration, pauseMax: Duration) {
        self.throttledAttemptsMax = throttledAttemptsMax
        self.readAttemptsMax = readAttemptsMax
        self.pause = pause
        self.pauseMax = pauseMax
    }

    /// What the product uses: about two minutes for a busy mailbox, seconds for a stumbling one.
    package static let standard = Self(
        throttledAttemptsMax: 8,
        readAttemptsMax: 4,
        pause: .milliseconds(500),
        pauseMax: .seconds(30)
    )

    /// The pause before the call is sent again, or nil to give it up.
    ///
    /// Pure; `attempts` counts those made, `jitter` is from 0 to 1. A throttled call was not carried out and may always be
    /// repeated; a write in doubt never.
    func pause(after error: Microsoft365Error, attempts: Int, jitter: Double) -> Duration? {
        // A damaged item stays damaged.
        if error.serviceCode == "ErrorCorruptData" { return nil }
        switch error.code {
        case .throttled: guard attempts < self.throttledAttemptsMax else { return nil }
        // A token that is refused is refused before anything is done; the call goes again with a new one.
        case .unreachable, .unauthorized: guard attempts < self.readAttemptsMax else { return nil }
        case .unavailable, .malformedAnswer:
            guard !error.isWrite, attempts < self.readAttemptsMax else { return nil }
        case .credentialsRejected, .applicationNotConsented, .applicationDisabled, .tenantNotFound, .wrongCloud,
            .exchangeMissing, .accessBlockedByPolicy, .configurationRejected, .interrupted, .cancelled,
            .forbidden, .notFound, .alreadyExists, .invalidRequest, .organizationDehydrated, .connectorCreationRefused,
            .foreignLink, .answerTooLarge, .resyncRequired, .pageExpired:
            return nil
        }
        if let asked = error.retryAfter, asked > self.pauseMax { return nil }
        let doubled = self.pause * (1 << min(attempts - 1, 20))
        return max(min(doubled, self.pauseMax) * (0.5 + jitter / 2), error.retryAfter ?? .zero)
    }
}
