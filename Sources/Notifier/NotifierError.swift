/// Why the notifier cannot begin.
///
/// What goes wrong with a single notification is a ``Problem`` and travels with it.
package struct NotifierError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// A template's file cannot be read, or has no place among the templates.
        case templateFile
        /// A template does not parse, or names a value that it never gets.
        case templateText
        /// The sender, the webhook or its key is not what it must be.
        case setting
    }

    /// What kind of failure it is.
    package let code: Code
    /// What is wrong and where, as one sentence that says what to do.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
