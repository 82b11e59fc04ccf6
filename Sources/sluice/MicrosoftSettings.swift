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

    /// Whether the jobs in mailboxes have an app registration of their own.
    var hasMailFamily: Bool { self.text(.mailClientID) != nil }

    /// Who the executors of a job type are to the login service.
    func application(for type: JobType) throws -> Application {
        type.worksInMailboxes && self.hasMailFamily
            ? try self.application(.mailClientID, .mailClientSecretFile, .mailCertificateFile, .mailPrivateKeyFile)
            : try self.application()
    }

    /// Who we are to the login service.
    func application() throws -> Application {
        try self.application(
            .microsoftClientID,
            .microsoftClientSecretFile,
            .microsoftCertificateFile,
            .microsoftPrivateKeyFile
        )
    }

    /// A family of credentials: a certificate where one is set, else a secret.
    private func application(
        _ id: Setting,
        _ secretFile: Setting,
        _ certificateFile: Setting,
        _ keyFile: Setting
    ) throws -> Application {
        let clientID = try self.required(id)
        if let certificate = try self.secret(certificateFile) {
            guard let key = try self.secret(keyFile) else {
                throw CommandFailure.failed("\(certificateFile.rawValue) needs \(keyFile.rawValue) beside it")
            }
            return Application(clientID: clientID, credential: .certificate(pem: certificate, keyPEM: key))
        }
        guard let secret = try self.secret(secretFile) else {
            throw CommandFailure.failed("set \(secretFile.rawValue), or \(certificateFile.rawValue) and its key")
        }
        return Application(clientID: clientID, credential: .secret(secret))
    }

    /// How hard mailboxes may be worked, and how much may be pulled.
    func mailboxes() throws -> MailboxSettings {
        let protected = self.list(.pullProtectedMailboxes)
        if let stray = protected.first(where: { !MessageRule.isMailbox($0) }) {
            throw CommandFailure.failed("pull.protected-mailboxes: \(stray) is neither an address nor an object id")
        }
        return MailboxSettings(
            traffic: MailTraffic(),
            patience: .standard,
            targetsPerJob: try self.number(.pullTargetsPerJob),
            protectedMailboxes: protected
        )
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

    /// How directories are imported.
    func directory() throws -> DirectorySettings {
        guard let users = DirectoryFilters.Users(rawValue: try self.required(.directoryUsers)),
            let groups = DirectoryFilters.Groups(rawValue: try self.required(.directoryGroups))
        else { throw CommandFailure.failed("directory.users or directory.groups is none of its words") }
        return DirectorySettings(
            filters: DirectoryFilters(
                users: users,
                guests: try self.required(.directoryGuests) == "include",
                domains: nil,
                groups: groups
            ),
            removalsPercentMax: try self.number(.directoryRemovalsPercentMax),
            removalsNumberMax: try self.number(.directoryRemovalsNumberMax)
        )
    }

    /// Everything an executor needs; what is wrong with it becomes the problem of every job.
    func executorSettings(of type: JobType, transport: Transport) -> Result<ExecutorSettings, Problem> {
        do {
            var settings = ExecutorSettings(
                endpoints: try self.endpoints(),
                application: try self.application(for: type),
                transport: transport,
                limits: .standard,
                dns: try self.resolver(),
                spf: try self.surveyor(),
                gateway: try self.gateway(),
                directory: try self.directory(),
                propagationDelay: .seconds(try self.number(.microsoftPropagationDelay)),
                now: { Date() }
            )
            settings.mailboxes = try self.mailboxes()
            return .success(settings)
        } catch let problem as Problem {
            return .failure(problem)
        } catch let failure as CommandFailure {
            return .failure(Problem(.configurationRejected, failure.sentence))
        } catch {
            return .failure(Problem(.configurationRejected, "\(error)"))
        }
    }
}
