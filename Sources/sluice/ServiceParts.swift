import Foundation
import Synchronization

/// The parts of a service, side by side until the first of them ends; then the others end with it.
///
/// A part that fails ends the process: with its one sentence and exit status 1, a second later at the latest, whatever the
/// other parts do. Signals are heeded until the last part has ended.
struct ServiceParts: Sendable {
    typealias Part = @Sendable () async throws -> Void

    /// How long the other parts have to end in good order once one has failed.
    private static let patience = DispatchTimeInterval.milliseconds(900)

    /// What the service is called in a sentence: `the worker`.
    let name: String
    /// Heeds signals until the task is cancelled.
    let heed: @Sendable () async -> Void

    /// Runs the parts.
    func run(_ parts: [Part]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.heed() }
            defer { group.cancelAll() }
            try await self.live(parts)
        }
    }

    private func live(_ parts: [Part]) async throws {
        let lastWord = LastWord()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in parts { group.addTask { try await part() } }
                do {
                    try await group.next()
                } catch {
                    let failure = self.failure(error)
                    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { lastWord.leave(failure) }
                    throw failure
                }
                group.cancelAll()
            }
        } catch {
            await lastWord.take()
            throw error
        }
    }

    private func failure(_ error: any Error) -> CommandFailure {
        (error as? CommandFailure) ?? .failed("\(self.name) cannot go on: \(error)")
    }

    /// Whose it is to say why the service ends: that of the command, or of the clock when parts do not end in time.
    private final class LastWord: Sendable {
        private let isTaken = Mutex(false)

        private var isFirst: Bool {
            self.isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
        }

        /// Ends the process, unless that is under way.
        func leave(_ failure: CommandFailure) {
            guard self.isFirst else { return }
            Terminal.complain(failure.sentence)
            Foundation.exit(failure.status)
        }

        /// Returns to whoever may speak; the other waits for the end of the process, which is under way.
        func take() async {
            guard !self.isFirst else { return }
            while true { try? await Task.sleep(for: .seconds(60)) }
        }
    }
}
