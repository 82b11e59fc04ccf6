import Foundation
import TestSupport
import Testing

@Suite("Settings")
struct SettingsTests {
    private func run(
        _ arguments: [String],
        file: String? = nil,
        _ variables: [String: String] = [:]
    ) async throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var environment = variables
        if let file {
            let path = folder.appending(path: "sluice.yaml")
            try Data(file.utf8).write(to: path)
            environment["SLUICE_CONFIG"] = path.path
        }
        let program = try await Program("sluice", arguments, environment: environment, folder: folder)
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
        #expect(run.output.contains("broker.heartbeat must be a whole number from 2 to 60"), "\(run.output)")
    }

    @Test("A variable that is a setting's but for a typing error is refused; one of Kubernetes' for a service is not")
    func variables() async throws {
        let wrong = try await self.run(["topology", "verify"], ["SLUICE_PULL_TARGETS_PER_HUOR": "5"])
        #expect(wrong.status == 1)
        #expect(wrong.output.contains("did you mean SLUICE_PULL_TARGETS_PER_HOUR?"), "\(wrong.output)")
        let others = ["SLUICE_WORKER_SERVICE_HOST": "192.0.2.1", "SLUICE_PORT_9464_TCP_ADDR": "192.0.2.1"]
        let fine = try await self.run(["topology", "show"], others)
        #expect(fine.status == 0, "\(fine.output)")
        let verify = try await self.run(["topology", "verify"], others)
        #expect(!verify.output.contains("there is no setting"), "\(verify.output)")
    }

    @Test("A certificate for the broker without its key is refused before anything is tried")
    func certificatePair() async throws {
        let run = try await self.run(
            ["topology", "verify"],
            file: "broker:\n  url: amqps://a@localhost\n  certificate-file: /etc/hostname\n"
        )
        #expect(run.status == 1)
        #expect(run.output.contains("broker.certificate-file and broker.key-file belong together"), "\(run.output)")
    }

    @Test("--version is one line with version, build and libraries")
    func version() async throws {
        let run = try await self.run(["--version"])
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").count == 1)
        let libraries = /librabbitmq 0\.\d+\.\d+, SQLite 3\.\d+\.\d+\)\s*$/
        let build = #/^sluice 0\.\d+\.\d+ \((debug|release), Swift 6\.\d, /#
        #expect(run.output.contains(build), "\(run.output)")
        #expect(run.output.contains(libraries), "\(run.output)")
    }
}
