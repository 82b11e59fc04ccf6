import Foundation

/// A server in Python that says its port in its first line, and lives until its input ends.
package final class Sink: Sendable {
    /// Where it listens, on loopback.
    package let port: Int
    private let companion: Companion

    /// Starts a script of `Tests/NotifierTests` and waits for its port.
    package static func start(_ script: String, _ arguments: [String], needing modules: [String]) async throws -> Sink {
        _ = try await Repository.python(["-c", ""], needing: modules)
        let path = Repository.url("Tests/NotifierTests/\(script)").path
        let companion = try Companion([Repository.pythonInterpreter, path] + arguments)
        let first = try await companion.line()
        guard let port = Int(first) else { throw Broker.Failure(description: "\(script) said \(first), not its port") }
        return Sink(port: port, companion: companion)
    }

    private init(port: Int, companion: Companion) {
        self.port = port
        self.companion = companion
    }

    /// What it has printed since its port.
    package var printed: [String] { Array(self.companion.lines.dropFirst()) }

    /// Ends it.
    package func stop() { self.companion.stop() }
}
