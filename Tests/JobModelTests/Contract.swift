import Foundation
import TestSupport

@testable import JobModel

/// The folder `schemas/` as the tests see it.
enum Contract {
    /// What an invalid example leads to.
    struct Expectation: Decodable {
        /// The code of the problem; nil where only consoles read the message.
        let code: ProblemCode?
        /// What the reason names.
        let names: String
    }

    /// One file below `schemas/examples/`.
    struct Example: Sendable {
        let folder: String
        let name: String

        var path: String { "schemas/examples/\(self.folder)/\(self.name)" }
        var label: String { "\(self.folder)/\(self.name)" }
        var isInvalid: Bool { self.name.hasPrefix("invalid-") }
        var isTolerated: Bool { self.name.hasPrefix("tolerated-") }
        var isJob: Bool { self.folder.hasPrefix("jobs.") }

        func bytes() throws -> [UInt8] { Array(try Data(contentsOf: Repository.url(self.path))) }
    }

    /// The folder of bodies that no schema can speak about.
    static let brokenFolder = "broken"

    /// Every type that a message of ours may have.
    static let messageTypes =
        JobType.allCases.flatMap { [$0.messageType, $0.resultType] } + JobEventName.allCases.map(\.messageType)
        + [ControlOrder.messageType]

    /// The schemas' names from their paths: `events/job.died.v1.json` is `events.job.died.v1`.
    static func schemaNames() throws -> [String] {
        try Repository.files(under: "schemas")
            .filter { $0.hasSuffix(".json") && !$0.hasPrefix("schemas/examples/") }
            .map { String($0.dropFirst("schemas/".count).dropLast(".json".count)).replacing("/", with: ".") }
    }

    /// A schema by its path below `schemas/`.
    static func schema(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Repository.url("schemas/\(path)"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// All examples, the broken ones included; without the indexes of expectations.
    static func examples() throws -> [Example] {
        try Repository.files(under: "schemas/examples").compactMap { path in
            let parts = path.split(separator: "/").map(String.init)
            return parts.count == 4 && parts[3] != "invalid.json" ? Example(folder: parts[2], name: parts[3]) : nil
        }
    }

    /// What the invalid examples of a folder lead to, by file name.
    static func expectations(of folder: String) throws -> [String: Expectation] {
        let data = try Data(contentsOf: Repository.url("schemas/examples/\(folder)/invalid.json"))
        return try JSONDecoder().decode([String: Expectation].self, from: data)
    }

    /// Runs `schemas/validate.py` over files; its output by file name, nothing for a valid one.
    static func faults(in files: [String]) async throws -> [String: String] {
        let run = try await Repository.python(
            [Repository.url("schemas/validate.py").path] + files,
            needing: ["jsonschema", "referencing", "rfc3339_validator"]
        )
        guard run.status < 2 else { throw Failure(description: run.errors) }
        var faults: [String: String] = [:]
        for line in run.output.split(separator: "\n") {
            let file = files.first { line.hasPrefix("\($0): ") } ?? ""
            faults[file, default: ""] += line.dropFirst(file.count + 2) + "\n"
        }
        return faults
    }

    /// Reads a job as a worker and its executor do.
    static func read(_ body: [UInt8]) -> Problem? {
        do throws(Problem) {
            let envelope = try Envelope(body, from: .runtime)
            _ = try envelope.type.payload.init(data: envelope.data)
            return nil
        } catch {
            return error
        }
    }

    /// A script did not do its work.
    struct Failure: Error, CustomStringConvertible { let description: String }
}
