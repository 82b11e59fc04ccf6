/// What went wrong in the simulator itself, as opposed to a refusal it plays.
///
/// One line that says what to mend; never a secret or a token.
package struct SimulatorError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, Sendable {
        /// The scenario does not parse, has an unknown key, or contradicts itself.
        case badScenario
        /// A request to the control listener makes no sense.
        case badControlRequest
        /// A listener could not be opened or ended early.
        case cannotListen
    }

    /// What kind of trouble it is.
    package let code: Code
    /// What to mend, in one sentence.
    package let detail: String

    /// The one-line form for an operator.
    package var description: String {
        switch code {
        case .badScenario: "The scenario is refused: \(detail)"
        case .badControlRequest: "The control request is refused: \(detail)"
        case .cannotListen: "The simulator cannot listen: \(detail)"
        }
    }

    /// Turns what a decoder found into one sentence with the path of the key.
    static func describing(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .dataCorrupted(let context): return sentence(context)
        case .keyNotFound(let key, let context): return sentence(context, "the key '\(key.stringValue)' is missing")
        case .typeMismatch(let type, let context): return sentence(context, "a value of type \(type) is wanted")
        case .valueNotFound(let type, let context): return sentence(context, "null where a \(type) is wanted")
        @unknown default: return "\(error)"
        }
    }

    private static func sentence(_ context: DecodingError.Context, _ text: String? = nil) -> String {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return (path.isEmpty ? "" : "at \(path): ") + (text ?? context.debugDescription)
    }
}
