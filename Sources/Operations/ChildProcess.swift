package import Foundation
package import Subprocess
import Synchronization
import SystemPackage

/// A program that this one starts, signals and waits for.
///
/// It has a process group of its own, and no file of ours but its log. Foundation's `Process` is not used: in a program with
/// some 1,300 open files it may copy past the end of its list of them, and crash.
package final class ChildProcess: Sendable {
    private final class Life: Sendable {
        let hasEnded = Atomic(false)
    }

    /// Its process number.
    package let id: Int32
    private let life: Life
    private let ending: Task<Int32, any Error>

    /// Starts a command, and returns once it runs, also when the caller is cancelled meanwhile.
    ///
    /// `command` is the path of a program and its arguments, `environment` the whole of its environment. It reads nothing; what
    /// it writes is added to the file `log`, which is made if need be. Throws when the program or the log cannot be opened.
    package static func start(
        _ command: [String],
        environment: [String: String],
        log: URL
    ) async throws -> ChildProcess {
        let output = try FileDescriptor.open(
            FilePath(log.path),
            .writeOnly,
            options: [.append, .create, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        var options = PlatformOptions()
        options.processGroupID = 0
        let life = Life()
        let (starts, start) = AsyncStream.makeStream(of: Int32.self)
        // Ends with the child; whoever asks for its status waits for it.
        let ending = Task { [options] in
            defer {
                life.hasEnded.store(true, ordering: .releasing)
                start.finish()
            }
            let result = try await Subprocess.run(
                .path(FilePath(command.first ?? "")),
                arguments: Arguments(Array(command.dropFirst())),
                environment: .only(environment),
                platformOptions: options,
                input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) { execution in
                _ = start.yield(execution.processIdentifier.value)
            }
            return result.terminationStatus.shellStatus
        }
        // A task of its own, as a stream ends for a caller that is cancelled, and then nobody would know of the child.
        let id = await Task { await starts.first { _ in true } }.value
        guard let id else {
            _ = try await ending.value
            throw CocoaError(.executableLoad)
        }
        return ChildProcess(id: id, life: life, ending: ending)
    }

    private init(id: Int32, life: Life, ending: Task<Int32, any Error>) {
        self.id = id
        self.life = life
        self.ending = ending
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { !self.life.hasEnded.load(ordering: .acquiring) }

    /// Waits for its end; 128 and the signal's number when one ended it.
    package func status() async -> Int32 { (try? await self.ending.value) ?? -1 }

    /// Sends it a signal, unless it has ended.
    package func signal(_ number: Int32) {
        if self.isRunning { kill(self.id, number) }
    }
}

extension Environment {
    /// These variables and no others.
    package static func only(_ variables: [String: String]) -> Environment {
        .custom(Dictionary(uniqueKeysWithValues: variables.map { (Key(stringLiteral: $0), $1) }))
    }
}

extension TerminationStatus {
    /// The exit status as a shell tells it: 128 and the signal's number when a signal ended the program.
    package var shellStatus: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
