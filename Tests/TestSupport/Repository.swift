package import Foundation
import Operations
import Subprocess
import SystemPackage

/// The working copy that the tests were built from.
///
/// Found through the place of this file, so that tests read `schemas/` and the sources wherever the copy lies.
package enum Repository {
    /// The top folder.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The file or folder at a path below the top.
    package static func url(_ path: String) -> URL { self.root.appending(path: path) }

    /// The paths, below the top, of all files under a folder; sorted, without what is built or ignored.
    package static func files(under folder: String = "") throws -> [String] {
        let top = folder.isEmpty ? self.root : self.url(folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: top.path).sorted()
        return try names.filter { !self.isIgnored($0) }.flatMap { name in
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: self.url(path).path, isDirectory: &isFolder)
            guard exists, isFolder.boolValue else { return exists ? [path] : [] }
            return try self.files(under: path)
        }
    }

    /// Runs a Python script with the interpreter that `SLUICE_PYTHON` names, `python3` otherwise.
    ///
    /// `deploy/test` installs the packages that the scripts need. Throws when there is no such interpreter, or when it
    /// lacks one of the modules.
    package static func python(_ arguments: [String], needing modules: [String]) async throws -> ProgramRun {
        let interpreter = self.pythonInterpreter
        let check = try await self.run(interpreter, ["-c", "import \(modules.joined(separator: ", "))"])
        guard check.status == 0 else {
            throw MissingPython(interpreter: interpreter, modules: modules, reason: check.errors)
        }
        return try await self.run(interpreter, arguments)
    }

    /// The interpreter that `SLUICE_PYTHON` names, `python3` otherwise.
    package static var pythonInterpreter: String { ProcessInfo.processInfo.environment["SLUICE_PYTHON"] ?? "python3" }

    /// Runs a program to its end; a name without a slash is looked for in `PATH`.
    ///
    /// `environment` is the whole of it; this process's own when it is nil.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]? = nil
    ) async throws -> ProgramRun {
        let result = try await Subprocess.run(
            self.executable(program),
            arguments: Arguments(arguments),
            environment: environment.map { .only($0) } ?? .inherit,
            output: .string(limit: 4_194_304),
            error: .string(limit: 1_048_576)
        )
        return ProgramRun(
            status: result.terminationStatus.shellStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }

    /// A program's path, or its name to be looked for in `PATH`.
    static func executable(_ program: String) -> Executable {
        program.contains("/") ? .path(FilePath(program)) : .name(program)
    }

    private static func isIgnored(_ name: String) -> Bool {
        name == ".git" || name.hasPrefix(".build") || name == "Package.resolved" || name == "__pycache__"
            || [".sqlite", ".sqlite-wal", ".sqlite-shm", ".pyc"].contains { name.hasSuffix($0) }
    }
}

/// What a program left behind.
package struct ProgramRun: Sendable {
    /// Its exit status; 128 and the signal when one ended it.
    package let status: Int32
    /// What it wrote to standard output, at most 4 MiB.
    package let output: String
    /// What it wrote to standard error, at most 1 MiB.
    package let errors: String
}

/// The Python of this machine cannot run a check.
package struct MissingPython: Error, CustomStringConvertible {
    let interpreter: String
    let modules: [String]
    let reason: String

    /// One sentence that says what to do.
    package var description: String {
        "\(self.interpreter) cannot import \(self.modules.joined(separator: ", ")): run deploy/test, or let SLUICE_PYTHON "
            + "name an interpreter that has them. It said: \(self.reason.split(separator: "\n").last ?? "nothing")"
    }
}
