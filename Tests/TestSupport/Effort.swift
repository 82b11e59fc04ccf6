import Foundation

/// How much a test does: little in every run, more when the environment asks for it.
package enum Effort {
    /// The number in a variable of the environment, or else the standard one.
    package static func number(_ variable: String, standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }

    /// The seeds from 1: as many as a variable of the environment asks for, at least those of every run.
    package static func seeds(_ variable: String, standard: Int) -> ClosedRange<Int> {
        1...max(standard, self.number(variable, standard: standard))
    }

    /// Leaves a measured figure in the log of the run.
    package static func note(_ figure: String) { FileHandle.standardError.write(Data("\(figure)\n".utf8)) }
}
