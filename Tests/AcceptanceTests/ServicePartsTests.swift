import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A service whose part fails", .timeLimit(.minutes(3)))
struct ServicePartsTests {
    /// Listens on a free port of loopback and says which; ends with its input.
    private static let listener = """
        import socket, sys
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        sys.stdin.read()
        """

    /// Takes the listening socket of a process from it: pidfd_getfd(2), then shutdown(2).
    private static let silencer = """
        import ctypes, os, socket, sys
        pid = int(sys.argv[1])
        handle = os.pidfd_open(pid)
        call = ctypes.CDLL(None, use_errno=True).syscall
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                if not os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:"): continue
            except FileNotFoundError:
                continue
            taken = socket.socket(fileno=call(438, handle, int(name), 0))
            try:
                if taken.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN): taken.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        """

    /// Has the service end by itself, within moments and without a flood; gives what it wrote.
    private func end(of service: Program, within time: Duration = .seconds(3)) async throws -> [String] {
        let start = ContinuousClock.now
        #expect(await service.status() == 1, "\(service.output.suffix(2_000))")
        #expect(ContinuousClock.now - start < time * 4, "a busy machine is given four times as long")
        let lines = service.output.split(separator: "\n").map(String.init)
        #expect(lines.count <= 8, "\(service.output.prefix(4_000))")
        return lines
    }

    @Test("A worker whose monitor.listen is taken leaves with one sentence, and the one that has it goes on")
    func portTaken() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let listener = try Companion([Repository.pythonInterpreter, "-c", Self.listener])
            let address = "127.0.0.1:\(try await listener.line())"
            let worker = try await road.sluice(
                ["worker"],
                ["SLUICE_MONITOR_LISTEN": address, "SLUICE_LOG_LEVEL": "info"]
            )
            let lines = try await self.end(of: worker)
            #expect(
                lines == [
                    "monitor.listen: \(address) is in use. Set another address, or end the program that listens there "
                        + "(`ss -ltnp`)."
                ]
            )
            listener.stop()
        }
    }

    @Test("A worker whose monitor dies while it takes jobs leaves with one sentence, though a job runs that hangs")
    func monitorDies() async throws {
        try await Road.walk(.demo) { road in
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let settings = ["SLUICE_MONITOR_LISTEN": "127.0.0.1:0", "SLUICE_LOG_LEVEL": "warning"]
            let worker = try await road.sluice(["worker"], settings)
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            let executor = try #require(worker.children().first)
            let silenced = try await Repository.python(["-c", Self.silencer, "\(worker.pid)"], needing: ["ctypes"])
            #expect(silenced.status == 0, "\(silenced.errors)")
            let lines = try await self.end(of: worker)
            #expect(lines.last?.hasPrefix("monitor.listen: 127.0.0.1:0 is no longer served") == true, "\(lines)")
            try await eventually("the executor's end") { kill(executor, 0) != 0 }
            let next = try await road.sluice(["worker"])
            #expect(try await road.result(of: job).0 == .succeeded, "\(next.output.suffix(2_000))")
        }
    }

    @Test(
        "A file that cannot be opened is one sentence that names it, before anything is taken",
        arguments: [
            ("worker", "SLUICE_LEDGER_PATH"), ("desk", "SLUICE_DESK_PATH"), ("notifier", "SLUICE_NOTIFIER_LEDGER_PATH"),
        ]
    )
    func file(service: String, variable: String) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let settings = NotifierRig.settings(road, sendmail: "/bin/true").merging([variable: "/nowhere/a.sqlite"]) {
                $1
            }
            let lines = try await self.end(of: try await road.sluice([service], settings))
            #expect(lines.count == 1 && lines[0].contains("/nowhere/a.sqlite"), "\(lines)")
        }
    }

    @Test("A login that the broker refuses is one sentence", arguments: ["worker", "desk", "notifier"])
    func login(service: String) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let secret = road.folder.appending(path: "wrong")
            try Data("wrong".utf8).write(to: secret)
            let settings = NotifierRig.settings(road, sendmail: "/bin/true").merging([
                "SLUICE_BROKER_PASSWORD_FILE": secret.path
            ]) { $1 }
            let lines = try await self.end(of: try await road.sluice([service], settings), within: .seconds(10))
            #expect(lines.last?.contains("cannot go on: cannot connect to the broker") == true, "\(lines)")
            #expect(lines.filter { $0.contains("cannot go on") }.count == 1, "\(lines)")
        }
    }

    @Test("SIGTERM ends every service, also while there is no broker", arguments: ["worker", "desk", "notifier"])
    func signal(service: String) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let settings = NotifierRig.settings(road, sendmail: "/bin/true").merging([
                "SLUICE_BROKER_URL": "amqp://guest@127.0.0.1:1"
            ]) { $1 }
            let program = try await road.sluice([service], settings)
            try await eventually("a first try") { program.output.contains("no session with the broker") }
            program.signal(SIGTERM)
            #expect(await program.status() == 0, "\(program.output.suffix(2_000))")
        }
    }

    @Test(
        "A second owner of a database is refused with the first one's number; commands that look into it are not",
        arguments: [
            ("worker", "ledger.path: another worker", ["jobs", "list"]),
            ("desk", "desk.path: another dead-letter service", ["dead", "list"]),
            ("notifier", "notifier.ledger-path: another notifier", []),
        ]
    )
    func owners(service: String, words: String, command: [String]) async throws {
        try await Road.walk(.demo, listening: false) { road in
            let settings = NotifierRig.settings(road, sendmail: "/bin/true")
            let first = try await road.sluice([service], settings)
            let start = ["taking jobs", "filing what arrives", "notifications are being taken"]
            try await eventually(within: .seconds(20), "its start") { start.contains { first.output.contains($0) } }
            let other = settings.merging(["SLUICE_WORKER_NAME": "other"]) { $1 }
            let lines = try await self.end(of: try await road.sluice([service], other))
            #expect(lines.count == 1 && lines[0].hasPrefix("\(words) (pid \(first.pid)) has /"), "\(lines)")
            if !command.isEmpty {
                let look = try await road.sluice(command, settings)
                #expect(await look.status() == 0, "\(look.output)")
            }
            first.signal(SIGKILL)
            _ = await first.status()
            let next = try await road.sluice([service], other)
            try await eventually(within: .seconds(20), "the next start") { start.contains { next.output.contains($0) } }
            next.signal(SIGTERM)
            #expect(await next.status() == 0)
        }
    }
}
