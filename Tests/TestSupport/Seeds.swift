import Foundation

/// How many seeds a seeded test tries.
package enum Seeds {
    /// The seeds from 1: as many as the environment asks for, at least those of every run.
    package static func of(_ variable: String, standard: Int) -> ClosedRange<Int> {
        1...max(standard, ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? 0)
    }
}
