import Executors
import Foundation
import JobModel
import MailPolicy
import Microsoft365

extension Settings {
    /// Where login, Graph and Exchange are.
    func endpoints() throws -> CloudEndpoints {
        try CloudEndpoints(
            cloud: try self.required(.microsoftCloud),
            loginURL: self.text(.microsoftLoginURL),
            graphURL: self.text(.microsoftGraphURL),
            exchangeURL: self.text(.microsoftExchangeURL)
        )
    }

    /// Who we are to the login service: a certificate where one is set, else a secret.
    func application() throws -> Application {
        let clientID = try self.required(.microsoftClientID)
        if let certificate = try self.secret(.microsoftCertificateFile) {
            guard let key = try self.secret(.microsoftPrivateKeyFile) else {
                throw CommandFailure.failed("microsoft.certificate-file needs microsoft.private-key-file beside it")
            }
            return Application(clientID: clientID, credential: .certificate(pem: certificate, keyPEM: key))
        }
        guard let secret = try self.secret(.microsoftClientSecretFile) else {
            throw CommandFailure.failed("set microsoft.client-secret-file, or microsoft.certificate-file and its key")
        }
        return Application(clientID: clientID, credential: .secret(secret))
    }

    /// The gateway that tenants are connected to.
    func gateway() throws -> GatewayProfile {
        try GatewayProfile(
            name: self.text(.gatewayName) ?? "",
            inboundRanges: self.list(.gatewayInboundRanges),
            smartHosts: self.list(.gatewaySmartHosts),
            egressAddresses: self.list(.gatewayEgressAddresses),
            spfMechanism: self.text(.gatewaySPFMechanism),
            mxHosts: self.list(.gatewayMXHosts)
        )
    }

    /// The DNS servers of `dns.resolvers`, or else those of this machine.
    func resolver() throws -> Resolver {
        do {
            return try Resolver(servers: try self.list(.dnsResolvers).map { try NameServer($0) })
        } catch let error as MailPolicyError {
            throw CommandFailure.failed("dns.resolvers: \(error.reason)")
        }
    }

    /// Who asks about SPF: those servers, and the servers of every domain's own zone.
    func surveyor() throws -> SPFSurveyor {
        let port = UInt16(clamping: try self.number(.dnsAuthoritativePort))
        do {
            return try SPFSurveyor(try self.resolver(), port: port)
        } catch let error as MailPolicyError {
            throw CommandFailure.failed("dns.resolvers: \(error.reason)")
        }
    }

    /// Everything an executor needs; what is wrong with it becomes the problem of every job.
    func executorSettings(transport: Transport) -> Result<ExecutorSettings, Problem> {
        do {
            return .success(
                ExecutorSettings(
                    endpoints: try self.endpoints(),
                    application: try self.application(),
                    transport: transport,
                    limits: .standard,
                    dns: try self.resolver(),
                    spf: try self.surveyor(),
                    gateway: try self.gateway(),
                    propagationDelay: .seconds(try self.number(.microsoftPropagationDelay)),
                    now: { Date() }
                )
            )
        } catch let problem as Problem {
            return .failure(problem)
        } catch let failure as CommandFailure {
            return .failure(Problem(.configurationRejected, failure.sentence))
        } catch {
            return .failure(Problem(.configurationRejected, "\(error)"))
        }
    }
}
