/// How patiently a read is repeated within a call; writes never are.
///
/// Source of what may be repeated: Microsoft Graph "Throttling guidance" and "Best practices, handling expected errors".
struct ReadRetry: Sendable {
    let limits: RequestLimits

    /// The pause before the same read is sent again, or nil to give up.
    ///
    /// Pure; `jitter` is from 0 to 1. A service that asks for a longer pause than a call may take is given up on: the job is
    /// put off instead of holding a worker.
    func pause(
        after error: Microsoft365Error,
        attempt: Int,
        elapsed: Duration,
        jitter: Double
    ) -> Duration? {
        guard !error.isWrite, attempt < self.limits.readAttemptsMax else { return nil }
        guard elapsed < self.limits.readTimeMax else { return nil }
        switch error.code {
        case .throttled, .unavailable, .unreachable:
            break
        case .credentialsRejected, .applicationNotConsented, .applicationDisabled, .tenantNotFound, .wrongCloud,
            .exchangeMissing, .accessBlockedByPolicy, .configurationRejected, .interrupted, .cancelled, .unauthorized,
            .forbidden, .notFound, .alreadyExists, .invalidRequest, .organizationDehydrated, .connectorCreationRefused,
            .malformedAnswer, .foreignLink, .answerTooLarge, .resyncRequired, .pageExpired:
            return nil
        }
        if let asked = error.retryAfter, asked > self.limits.readPauseMax { return nil }
        let doubled = self.limits.readPause * (1 << min(attempt - 1, 20))
        let backoff = min(doubled, self.limits.readPauseMax) * (0.5 + jitter / 2)
        return max(backoff, error.retryAfter ?? .zero)
    }

    /// Does something until it succeeds or patience ends.
    ///
    /// Only errors of `operation` itself are repeated: one of a call underneath has had its repetitions.
    func run<Value: Sendable>(
        _ operation: String,
        body: () async throws(Microsoft365Error) -> Value
    ) async throws(Microsoft365Error) -> Value {
        let clock = ContinuousClock()
        let started = clock.now
        var attempt = 1
        while true {
            do throws(Microsoft365Error) {
                return try await body()
            } catch {
                let pause = self.pause(
                    after: error,
                    attempt: attempt,
                    elapsed: clock.now - started,
                    jitter: Double.random(in: 0...1)
                )
                guard error.operation == operation, let pause else { throw error }
                guard (try? await Task.sleep(for: pause, clock: clock)) != nil else {
                    throw Microsoft365Error(.cancelled, operation: operation, tenant: error.tenant)
                }
                attempt += 1
            }
        }
    }
}
