import Foundation
import Subprocess
import SystemPackage

/// A program that reads a mail from its input and says by its exit status what became of it.
///
/// It runs in a process group of its own, so that nothing it started is left when its time is over.
struct MailProgram: Sendable {
    /// How much of what the program complains about is kept, in bytes.
    private static let complaintMax = 2_000
    /// How long it has between TERM and KILL.
    private static let killDelay = Duration.seconds(2)

    /// How a run ended.
    enum End: Sendable, Equatable {
        /// With a status, and what it wrote on its standard error.
        case exited(Int32, complaint: [UInt8])
        /// Without one; a sentence that says how.
        case failed(String)
    }

    /// The program's path.
    let path: String
    /// Its whole environment.
    let environment: [String: String]
    /// How long a run may take.
    let deadline: Duration

    /// Runs it once, with `input` as its standard input.
    func run(_ arguments: [String], input: [UInt8]) async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask { await self.untimed(arguments, input: input) }
            group.addTask {
                try? await Task.sleep(for: self.deadline)  // cut short when the program has ended
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failed("\(self.path) did not end within \(self.deadline).")
        }
    }

    private func untimed(_ arguments: [String], input: [UInt8]) async -> End {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.killDelay)
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(self.path)),
                arguments: Arguments(arguments),
                environment: .custom(
                    Dictionary(
                        uniqueKeysWithValues: self.environment.map { (Environment.Key(stringLiteral: $0), $1) }
                    )
                ),
                platformOptions: options,
                input: .inputWriter,
                output: .discarded,
                error: .sequence
            ) { execution in
                // A program that refuses may leave without reading: its status counts, not the broken pipe.
                _ = try? await execution.standardInputWriter.write(input)
                try? await execution.standardInputWriter.finish()
                var complaint: [UInt8] = []
                for try await chunk in execution.standardError {
                    chunk.withUnsafeBytes { complaint += $0.prefix(Self.complaintMax - complaint.count) }
                }
                return complaint
            }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code, complaint: result.closureResult)
            case .signaled(let signal): return .failed("\(self.path) ended by signal \(signal).")
            }
        } catch {
            return .failed("\(self.path) could not be run: \(type(of: error)).")
        }
    }
}
