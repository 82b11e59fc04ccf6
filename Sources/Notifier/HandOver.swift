/// What became of one attempt to hand a notification over.
package enum HandOver: Sendable, Equatable {
    /// The other side has taken it.
    case taken
    /// It was not taken, or nobody knows; another attempt may do better, after the pause that was asked for.
    case unavailable(String, retryAfter: Duration?)
    /// It will never be taken as it is.
    case refused(String)
}
