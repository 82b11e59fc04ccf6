/// Why a question about mail policy could not be asked.
///
/// What DNS itself answers is never an error: see ``DNSAnswer``.
package struct MailPolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// A name server is not an IP address with an optional port, or there are too many.
        case badNameServer
        /// The resolver could not be set up on this machine.
        case resolverUnavailable
    }

    /// The kind of failure.
    package let code: Code
    /// What was being done, as a phrase such as "read a name server".
    package let operation: String
    /// What is wrong and what to do, as a clause.
    package let reason: String

    /// One line for an operator.
    package var description: String { "could not \(self.operation): \(self.reason)" }
}
