import AMQP
import Foundation

extension Settings {
    /// How to reach the broker, under a name that its operators see.
    func broker(name: String) throws -> ConnectionOptions {
        let url = try self.required(.brokerURL)
        do {
            var options = try ConnectionOptions(url: url, password: try self.secret(.brokerPasswordFile))
            if let user = self.text(.brokerUser), case .plain(_, let password) = options.credentials {
                options.credentials = .plain(user: user, password: password)
            }
            options.connectionName = name
            options.heartbeat = .seconds(try self.number(.brokerHeartbeat))
            let hasCertificate = self.text(.brokerCertificateFile) != nil
            guard hasCertificate == (self.text(.brokerKeyFile) != nil) else {
                throw CommandFailure.failed(
                    "broker.certificate-file and broker.key-file belong together; set both or neither"
                )
            }
            if options.tls != nil {
                options.tls?.caFile = self.text(.brokerCAFile)
                options.tls?.certificateFile = self.text(.brokerCertificateFile)
                options.tls?.keyFile = self.text(.brokerKeyFile)
            }
            return options
        } catch let error as AMQPError {
            throw CommandFailure.failed("broker.url: \(error)")
        }
    }

    /// Opens a connection for a command.
    func connect(name: String) async throws -> Connection {
        do {
            return try await Connection.open(try self.broker(name: name))
        } catch let error as AMQPError {
            throw CommandFailure.failed("\(error)")
        }
    }
}
