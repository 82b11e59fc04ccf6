import AMQP
import Foundation
import TestSupport
import Testing

@Suite("TLS with a real broker that asks for our certificate", .timeLimit(.minutes(3)))
struct TLSBrokerTests {
    @Test("Mutual TLS works, and each thing that is wrong is refused with its reason")
    func mutual() async throws {
        let files = try await Certificates()
        let broker = try await Broker.private(settings: files.brokerSettings)
        try await self.expectWork(broker, files)
        try await self.expectRefusals(broker, files)
        // The broker has read its certificate before: it reads the other one once its cache is empty.
        try await files.expireServer()
        try await broker.control("eval", "ssl:clear_pem_cache().")
        let refusal = await self.failure(broker, files.good)
        #expect(refusal?.code == .unreachable)
        #expect(refusal?.description.contains("certificate has expired") == true, "\(String(describing: refusal))")
    }

    private func expectWork(_ broker: Broker, _ files: Certificates) async throws {
        let connection = try await Connection.open(try self.options(broker, files.good))
        let queue = Queue(name: Broker.unique(), isExclusive: true)
        _ = try await connection.declareQueue(queue)
        let message = Message(body: [UInt8](repeating: 7, count: 300_000), properties: Properties())
        try await connection.publish(message, to: Destination(exchange: "", routingKey: queue.name), mandatory: true)
        #expect(try await connection.get(queue.name)?.message.body.count == 300_000)
        await connection.close()
    }

    private func expectRefusals(_ broker: Broker, _ files: Certificates) async throws {
        var wrongAuthority = files.good
        wrongAuthority.caFile = files.path("other-ca.pem")
        var wrongName = files.good
        wrongName.serverName = "other.example"
        var none = files.good
        (none.certificateFile, none.keyFile) = (nil, nil)
        var foreign = files.good
        (foreign.certificateFile, foreign.keyFile) = (files.path("foreign.pem"), files.path("foreign.key"))
        for (what, tls, reason) in [
            ("an unknown authority", wrongAuthority, "certificate is refused"),
            ("another host name", wrongName, "hostname mismatch"),
            ("no certificate of ours", none, "wants a client certificate"),
            ("a certificate of ours that the broker does not trust", foreign, "wants a client certificate"),
        ] {
            let error = await self.failure(broker, tls)
            #expect(error != nil, "\(what) was let in")
            #expect([.unreachable, .lost].contains(error?.code), "\(what): \(String(describing: error))")
            #expect(error?.description.contains(reason) == true, "\(what): \(String(describing: error))")
        }
    }

    private func options(_ broker: Broker, _ tls: TLSOptions) throws -> ConnectionOptions {
        var options = try broker.options()
        options.port = Certificates.port(of: broker)
        options.tls = tls
        return options
    }

    private func failure(_ broker: Broker, _ tls: TLSOptions) async -> AMQPError? {
        do {
            let connection = try await Connection.open(try self.options(broker, tls))
            await connection.close()
            return nil
        } catch {
            return error as? AMQPError
        }
    }
}

/// Authorities, and certificates of a broker and of a client, made by openssl for this test.
private struct Certificates {
    private let folder: URL

    init() async throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: Broker.unique("tls-broker"))
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try await self.openssl(
            """
            for ca in ca other-ca; do
              openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.pem
            done
            issue() { # NAME AUTHORITY NAMES DAYS
              openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$1 -keyout $1.key -out $1.csr
              printf 'subjectAltName=%s\\n' "$3" > $1.ext
              openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days $4 -extfile $1.ext -out $1.pem
            }
            issue server ca IP:127.0.0.1,DNS:localhost 2
            issue expired ca IP:127.0.0.1,DNS:localhost -1
            issue client ca DNS:worker.example 2
            issue foreign other-ca DNS:worker.example 2
            """
        )
    }

    func path(_ name: String) -> String { self.folder.appending(path: name).path }

    /// Everything right.
    var good: TLSOptions {
        TLSOptions(
            caFile: self.path("ca.pem"),
            certificateFile: self.path("client.pem"),
            keyFile: self.path("client.key")
        )
    }

    /// What the broker is told, beside what `deploy/broker` tells it; PORT is its own, and one more for TLS.
    var brokerSettings: String {
        """
        listeners.ssl.1 = 127.0.0.1:TLS_PORT
        ssl_options.cacertfile = \(self.path("ca.pem"))
        ssl_options.certfile = \(self.path("server.pem"))
        ssl_options.keyfile = \(self.path("server.key"))
        ssl_options.verify = verify_peer
        ssl_options.fail_if_no_peer_cert = true
        """
    }

    static func port(of broker: Broker) -> UInt16 { broker.tlsPort ?? 0 }

    func expireServer() async throws {
        try await self.openssl("cp expired.pem server.pem && cp expired.key server.key")
    }

    private func openssl(_ script: String) async throws {
        let script = "cd \"$0\"; exec 2> log; \(script)"
        guard try await Repository.run("/bin/bash", ["-euc", script, self.folder.path]).status == 0 else {
            throw Broker.Failure(description: "openssl could not make the certificates; see \(self.path("log"))")
        }
    }
}
