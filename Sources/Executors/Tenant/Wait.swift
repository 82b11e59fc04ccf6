import Foundation
import JobModel

/// What a job waits for in a tenant.
///
/// Every wait has an end.
enum Wait: String, CaseIterable {
    /// A consent given a moment ago is not known everywhere yet.
    case consent
    /// Tokens do not carry the consented permissions yet.
    case permissions
    /// Exchange does not honour the app role and the directory role yet.
    case exchangeAccess = "exchange-access"
    /// The tenant is being opened for customisation.
    case customization
    /// An object was made and cannot be read yet.
    case visibility
    /// The service asked for a pause.
    case throttle
    /// DNS did not tell what a domain publishes.
    case dnsAnswer = "dns-answer"
    /// Somebody has to publish a record, and caches have to lose the one before.
    case dnsRecord = "dns-record"

    /// How long it may last.
    ///
    /// Microsoft states minutes for consent and up to an hour for customisation; role grants have taken hours. A record in DNS
    /// is waited for as long as its job may be postponed.
    var limit: Duration {
        switch self {
        case .consent, .permissions, .visibility, .dnsAnswer: .seconds(30 * 60)
        case .exchangeAccess, .customization, .throttle: .seconds(6 * 60 * 60)
        case .dnsRecord: JobType.enableOutboundConnector.waitLimit
        }
    }

    /// Whether the limit counts from the job's first start instead of from the first time this wait was met.
    ///
    /// A consent is as old as its job; an object made late in a long job is not.
    var countsFromStart: Bool {
        switch self {
        case .consent, .permissions, .exchangeAccess, .customization, .throttle, .dnsRecord: true
        case .visibility, .dnsAnswer: false
        }
    }
}

/// That a step cannot go on yet.
struct Waiting: Error, Equatable {
    /// What for.
    let wait: Wait
    /// What to tell people meanwhile, and in the end if it does not pass.
    let problem: Problem
    /// The pause that the service itself asked for.
    let pause: Duration?

    init(for wait: Wait, _ problem: Problem, pause: Duration? = nil) {
        self.wait = wait
        self.problem = problem
        self.pause = pause
    }
}

/// Decides how long to pause, and when a wait has lasted too long.
struct WaitingPolicy {
    /// The longest pause that a service may ask for; what it wants beyond is asked again.
    static let servicePauseMax: Duration = .seconds(60 * 60)

    /// The first pause.
    let firstPause: Duration
    /// The longest pause of our own.
    let pauseMax: Duration

    /// The outcome of an attempt that has to wait.
    ///
    /// Pure. The pause equals the time waited so far, so that it doubles from look to look, between `firstPause` and `pauseMax`.
    func outcome(of waiting: Waiting, jobStart: Date, waitStart: Date, now: Date) -> Outcome {
        let start = waiting.wait.countsFromStart ? jobStart : waitStart
        guard now.timeIntervalSince(start) <= waiting.wait.limit.inSeconds else {
            return .failed(waiting.problem, retryAfter: nil)
        }
        let waited = Duration.milliseconds(Int64(max(0, now.timeIntervalSince(waitStart)) * 1_000))
        let pause = waiting.pause.map { min($0, Self.servicePauseMax) } ?? min(waited, self.pauseMax)
        return .postponed(after: max(pause, self.firstPause), waitingFor: waiting.problem)
    }
}
