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
        do throws(AMQPError) {
            _ = try await Connection.open(options)
            return ""
        } catch {
            #expect(error.code == .unreachable)
            return error.reason
        }
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
    private let companion: Companion

    static func started() async throws -> SilentTLSPeer {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(Broker.unique("tls"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = """
            cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
            -addext subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:broker.example -keyout key.pem -out cert.pem || exit 1
            exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem
            """
        let companion = try Companion(["/bin/bash", "-c", script, directory.path])
        // The line "ACCEPT 127.0.0.1:PORT".
        let line = try await companion.line { $0.hasPrefix("ACCEPT") }
        return SilentTLSPeer(
            port: try #require(line.split(separator: ":").last.flatMap { UInt16($0) }),
            certificate: directory.appendingPathComponent("cert.pem").path,
            directory: directory,
            companion: companion
        )
    }

    func end() {
        self.companion.kill()
        // A folder that stays behind in the temporary directory fails no test.
        try? FileManager.default.removeItem(at: directory)
    }
}
