@testable import AMQP
import TestSupport

/// A queue of a test's own, gone soon after the test.
func temporaryQueue(_ name: String = Broker.unique(), arguments: FieldTable = [:]) -> Queue {
    var arguments = arguments
    arguments["x-expires"] = .int32(120_000)
    return Queue(name: name, isDurable: arguments["x-queue-type"] == .string("quorum"), arguments: arguments)
}

/// Runs a body with a connection to the shared broker and closes it afterwards.
func withConnection<T>(
    _ change: (inout ConnectionOptions) -> Void = { _ in },
    _ body: (Connection) async throws -> T
) async throws -> T {
    var options = try await Broker.shared().options()
    change(&options)
    let connection = try await Connection.open(options)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

extension Message {
    /// A message with a short text.
    init(text: String) {
        self.init(body: Array(text.utf8))
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The error an operation ends with, or nil when it succeeds.
func failure(of operation: () async throws(AMQPError) -> Void) async -> AMQPError? {
    do throws(AMQPError) {
        try await operation()
        return nil
    } catch {
        return error
    }
}
