import Foundation

/// How much a test does: little in every run, more when the environment asks for it.
package enum Effort {
    /// The number in a variable of the environment, or else the standard one.
    package static func number(_ variable: String, standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }

    /// Leaves a measured figure in the log of the run.
    package static func note(_ figure: String) { FileHandle.standardError.write(Data("\(figure)\n".utf8)) }
}
