@testable import AMQP
import Foundation
import TestSupport
import Testing

/// A peer that speaks TLS and then says nothing: what is refused is refused in the handshake, and what passes it waits
/// for the login in vain.
@Suite("TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    private func attempt(_ peer: SilentTLSPeer, host: String = "127.0.0.1", _ tls: TLSOptions) async -> String {
        let options = ConnectionOptions(
            host: host,
            port: peer.port,
            credentials: .plain(user: "u", password: "p"),
            tls: tls,
            connectTimeout: .seconds(2)
        )
        let error = await failure { () throws(AMQPError) in _ = try await Connection.open(options) }
        #expect(error?.code == .unreachable)
        return error?.reason ?? ""
    }

    @Test("A known authority with the right address or name passes the handshake")
    func accepted() async throws {
        let peer = try await SilentTLSPeer.started()
        defer { peer.end() }
        let known = TLSOptions(caFile: peer.certificate)
        #expect(await attempt(peer, known).hasPrefix("login"))
        #expect(await attempt(peer, host: "localhost", known).hasPrefix("login"))
        let named = TLSOptions(caFile: peer.certificate, serverName: "broker.example", minimumVersion: .tls13)
        #expect(await attempt(peer, named).hasPrefix("login"))
    }

    @Test("An unknown authority or another name fails the handshake")
    func refused() async throws {
        let peer = try await SilentTLSPeer.started()
        defer { peer.end() }
        let other = try await SilentTLSPeer.started()
        defer { other.end() }
        let refusals = [
            await attempt(peer, TLSOptions()),
            await attempt(peer, TLSOptions(caFile: other.certificate)),
            await attempt(peer, TLSOptions(caFile: peer.certificate, serverName: "other.example")),
            await attempt(peer, TLSOptions(caFile: peer.certificate, serverName: "127.0.0.2")),
        ]
        for reason in refusals { #expect(reason.hasPrefix("127.0.0.1:"), "\(reason)") }
    }

    @Test("A file that is not there is named")
    func missingFile() async throws {
        let peer = try await SilentTLSPeer.started()
        defer { peer.end() }
        #expect(await attempt(peer, TLSOptions(caFile: "/nonexistent/ca.pem")).contains("/nonexistent/ca.pem"))
    }
}

/// `openssl s_server` with a certificate of its own for 127.0.0.1, localhost and broker.example.
private struct SilentTLSPeer {
    let port: UInt16
    let certificate: String
    private let directory: URL
    private let process: Process
    private let input: Pipe

    static func started() async throws -> SilentTLSPeer {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(Broker.unique("tls"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = """
            cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
            -addext subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:broker.example -keyout key.pem -out cert.pem \
            2>/dev/null || exit 1
            exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem 2>/dev/null
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script, directory.path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard let port = await announcedPort(output.fileHandleForReading) else {
            throw Broker.Failure(description: "openssl s_server did not start; is the package openssl installed?")
        }
        return SilentTLSPeer(
            port: port,
            certificate: directory.appendingPathComponent("cert.pem").path,
            directory: directory,
            process: process,
            input: input
        )
    }

    /// The line "ACCEPT 127.0.0.1:PORT"; reading blocks, so it has a thread of its own.
    private static func announcedPort(_ handle: FileHandle) async -> UInt16? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var text = ""
                while let data = try? handle.read(upToCount: 1), !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                    guard text.hasSuffix("\n") else { continue }
                    if text.hasPrefix("ACCEPT"), let colon = text.lastIndex(of: ":") {
                        return continuation.resume(returning: UInt16(text[text.index(after: colon)...].dropLast()))
                    }
                    text = ""
                }
                continuation.resume(returning: nil)
            }
        }
    }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        // A folder that stays behind in the temporary directory fails no test.
        try? FileManager.default.removeItem(at: directory)
    }
}
