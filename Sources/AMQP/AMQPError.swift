/// What went wrong between this program and the broker.
///
/// One type for the whole module. `description` is one line for an operator; it holds names of queues, exchanges and
/// users, and the broker's own reply text, never a password, a body or a header.
package struct AMQPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// No usable connection came about: name resolution, TCP, TLS or a peer that does not speak AMQP.
        case unreachable
        /// The broker refused the login or closed the connection with a reason (connection.close).
        case refused
        /// The broker closed one channel because of a request on it; the connection lives on.
        case channelClosed
        /// The connection or channel is gone and the outcome of what was in flight is unknown.
        case lost
        /// The broker did not take responsibility for the message (basic.nack).
        case nacked
        /// No queue is bound for the message, so the broker returned it (basic.return).
        case unroutable
        /// Refused here, before a byte was sent, as the broker could not have understood it.
        case invalid
        /// The time for an answer ran out, or the waiting task was cancelled; the outcome is unknown.
        case timedOut
        /// This end closed the connection.
        case closed
        /// The broker ended a consumer, as its queue was deleted or lost its leader (basic.cancel).
        case consumerCancelled
    }

    /// The kind of failure.
    package let code: Code
    /// What was being done, as a phrase such as "declare queue job.dead".
    package let operation: String
    /// The broker's reply code, when the failure came from the broker.
    ///
    /// The codes are those of AMQP 0-9-1, section 1.2 "Constants": 403 access refused, 404 not found, 405 locked, 406
    /// precondition failed, 530 not allowed, 320 connection forced.
    package let replyCode: UInt16?
    /// The reason in words, the broker's own when it gave one.
    package let reason: String

    /// Makes an error; `reason` must hold nothing secret.
    package init(_ code: Code, operation: String, replyCode: UInt16? = nil, reason: String) {
        self.code = code
        self.operation = operation
        self.replyCode = replyCode
        self.reason = reason
    }

    /// Whether the same request, unchanged, may succeed later without anyone mending a configuration.
    ///
    /// A `lost` or `timedOut` publish may have reached the broker, so trying again can duplicate the message.
    package var isRetryable: Bool {
        switch code {
        case .unreachable, .lost, .nacked, .timedOut, .consumerCancelled: true
        case .refused, .channelClosed: replyCode.map { AMQPError.passingReplyCodes.contains($0) } ?? false
        case .unroutable, .invalid, .closed: false
        }
    }

    /// One line that says what was tried, what happened and where to look.
    package var description: String {
        let number = replyCode.map { "\($0) " } ?? ""
        return "cannot \(operation): \(code.phrase): \(number)\(reason)"
    }

    /// The same failure seen from another operation, for those that waited on it.
    func during(_ operation: String) -> AMQPError {
        AMQPError(code, operation: operation, replyCode: replyCode, reason: reason)
    }

    /// Connection forced, resource locked, resource error and internal error: states of the broker that pass.
    private static let passingReplyCodes: Set<UInt16> = [320, 405, 506, 541]
}

extension AMQPError.Code {
    fileprivate var phrase: String {
        switch self {
        case .unreachable: "the broker cannot be reached, check host, port and TLS"
        case .refused: "the broker refused the connection"
        case .channelClosed: "the broker refused the request"
        case .lost: "the connection was lost and the outcome is unknown"
        case .nacked: "the broker did not accept the message"
        case .unroutable: "no queue takes the message, check the topology"
        case .invalid: "not sent, as it is not valid"
        case .timedOut: "no answer was waited for any longer, the outcome is unknown"
        case .closed: "the connection is closed"
        case .consumerCancelled: "the broker ended the consumer"
        }
    }
}
