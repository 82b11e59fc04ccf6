import Foundation
import TestSupport
import Testing

@Suite("Settings")
struct SettingsTests {
    private func run(_ arguments: [String], file: String? = nil) async throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var environment: [String: String] = [:]
        if let file {
            let path = folder.appending(path: "sluice.yaml")
            try Data(file.utf8).write(to: path)
            environment["SLUICE_CONFIG"] = path.path
        }
        let program = try Program("sluice", arguments, environment: environment, folder: folder)
        let status = await program.status()
        return (status, program.output)
    }

    @Test("deploy/settings.md is what the program says of its settings")
    func page() async throws {
        let page = try String(contentsOf: Repository.url("deploy/settings.md"), encoding: .utf8)
        #expect(try await self.run(["settings", "--markdown"]).output == page, "sluice settings --markdown makes it")
    }

    @Test(
        "A file with a key that is no setting, or that is no YAML, is refused with the line and the nearest name",
        arguments: [
            (
                "broker:\n  heartbeet: 3\n",
                "there is no setting broker.heartbeet in line 2; did you mean broker.heartbeat?"
            ),
            ("wroker:\n  name: a\n", "there is no setting wroker in line 1"),
            ("broker.url: amqp://a\n", "write it as `broker:`"),
            ("- broker\n", "is no mapping"),
            ("broker: [\n", "is not YAML"),
            ("broker:\n  heartbeat: 3\n  heartbeat: 4\n", "is not YAML"),
        ]
    )
    func refused(_ file: String, _ words: String) async throws {
        let run = try await self.run(["topology", "verify"], file: file)
        #expect(run.status == 1)
        #expect(run.output.contains(words), "\(run.output)")
        #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
    }

    @Test("A number out of its bounds is refused with them")
    func bounds() async throws {
        let run = try await self.run(
            ["topology", "verify"],
            file: "broker:\n  password-file: /etc/hostname\n  heartbeat: 1\n"
        )
        #expect(run.output.contains("broker.heartbeat must be a whole number from 2 to 600"), "\(run.output)")
    }

    @Test("--version is one line with version and build")
    func version() async throws {
        let run = try await self.run(["--version"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("sluice 0."), "\(run.output)")
    }
}
