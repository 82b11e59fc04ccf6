/// What a job that is called off has done by its own account.
package struct JobAccount: Sendable, Equatable {
    /// One sentence for its problem.
    package let text: String
    /// The JSON object of its type's output; nil when there is nothing to tell in it, or its type allows none.
    package let output: [UInt8]?

    /// Collects the parts.
    package init(text: String, output: [UInt8]?) {
        self.text = text
        self.output = output
    }
}
