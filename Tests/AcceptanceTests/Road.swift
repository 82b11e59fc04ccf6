import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import Synchronization
import TestSupport
import Testing

/// The whole road for one test: a virtual host of its own on a real broker, a simulator, a console that listens, and
/// workers as real processes.
final class Road: Sendable {
    let simulator: SimulatorServer
    let console: Connection
    /// The virtual host that is this road's alone.
    let virtualHost: String
    /// The broker, to be broken only when it was given to `walk`.
    let broker: Broker
    /// Where its files lie while it is walked.
    let folder: URL
    private let heard = Mutex<[Heard]>([])

    /// A message as the console's queues gave it.
    struct Heard: Sendable {
        let queue: String
        let message: Message
        let news: JobNews?
    }

    /// Prints the status of a page, without following where it leads.
    private static let browser = """
        import http.client, sys, urllib.parse
        link = urllib.parse.urlsplit(sys.argv[1])
        browser = http.client.HTTPConnection(link.netloc)
        browser.request("GET", f"{link.path}?{link.query}")
        print(browser.getresponse().status)
        """

    private init(broker: Broker, virtualHost: String, simulator: SimulatorServer, console: Connection, folder: URL) {
        self.broker = broker
        self.virtualHost = virtualHost
        self.simulator = simulator
        self.console = console
        self.folder = folder
    }

    private static let virtualHosts = VirtualHosts()

    /// Builds the road, walks the body along it, and takes it down.
    ///
    /// One broker serves all acceptance tests; each has a virtual host, so that no worker takes another's jobs. The virtual hosts
    /// stay until the broker's folder goes.
    ///
    /// With `listening` the console's queues and the dead letters are read into memory meanwhile; without `topology` the
    /// broker is left as an administrator finds it at first. A test that starves or breaks the broker brings its own.
    static func walk(
        _ scenario: Scenario,
        on ownBroker: Broker? = nil,
        listening: Bool = true,
        topology: Bool = true,
        _ body: (Road) async throws -> Void
    ) async throws {
        let broker: Broker = if let ownBroker { ownBroker } else { try await Broker.shared() }
        let virtualHost = "acceptance-\(UUID().uuidString.lowercased())"
        try await self.virtualHosts.make(virtualHost, on: broker)
        let folder = FileManager.default.temporaryDirectory.appending(path: virtualHost)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let console = try await Connection.open(
            ConnectionOptions(url: "\(broker.url)/\(virtualHost)", password: broker.password)
        )
        if topology { try await JobTopology.apply(on: console) }
        try await withSimulator(scenario) { simulator in
            let road = Road(
                broker: broker,
                virtualHost: virtualHost,
                simulator: simulator,
                console: console,
                folder: folder
            )
            let streams = listening && topology ? try await road.listen() : []
            try await body(road)
            for deliveries in streams { await console.cancel(deliveries) }
        }
        await console.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// The settings of a worker or a command on this road, as its environment.
    func environment(_ changes: [String: String] = [:]) throws -> [String: String] {
        let secret = self.folder.appending(path: "client-secret")
        try Data(Scenario.demoSecret.utf8).write(to: secret)
        let key = self.folder.appending(path: "consent-key")
        try Data(repeating: 7, count: 32).write(to: key)
        return [
            "SLUICE_BROKER_URL": "\(self.broker.url)/\(self.virtualHost)",
            "SLUICE_BROKER_PASSWORD_FILE": self.broker.passwordFile,
            "SLUICE_LEDGER_PATH": self.folder.appending(path: "ledger.sqlite").path,
            "SLUICE_DESK_PATH": self.folder.appending(path: "desk.sqlite").path,
            "SLUICE_WORKER_NAME": "acceptance", "SLUICE_WORKER_RETRY_DELAY": "1", "SLUICE_LOG_LEVEL": "debug",
            "SLUICE_MICROSOFT_LOGIN_URL": self.simulator.addresses.loginURL,
            "SLUICE_MICROSOFT_GRAPH_URL": self.simulator.addresses.graphURL,
            "SLUICE_MICROSOFT_EXCHANGE_URL": self.simulator.addresses.exchangeURL,
            "SLUICE_MICROSOFT_CLIENT_ID": Scenario.demoClientID,
            "SLUICE_MICROSOFT_CLIENT_SECRET_FILE": secret.path, "SLUICE_MICROSOFT_PROPAGATION_DELAY": "1",
            "SLUICE_DNS_RESOLVERS": self.simulator.addresses.dns,
            "SLUICE_CONSENT_KEY_FILE": key.path, "SLUICE_CONSENT_REDIRECT_URI": "https://gateway.example/consented",
            "SLUICE_GATEWAY_NAME": "Example Gateway",
            "SLUICE_GATEWAY_INBOUND_RANGES": "192.0.2.0/24,198.51.100.0/23",
            "SLUICE_GATEWAY_SMART_HOSTS": "outbound.gateway.example",
        ].merging(changes) { _, new in new }
    }

    /// What the jobs for an outbound connector have to know besides: the gateway's addresses, and where domains' own servers
    /// listen.
    func outboundSettings(egress: String) throws -> [String: String] {
        let port = try #require(self.simulator.addresses.dnsAuthoritative.split(separator: ":").last)
        return [
            "SLUICE_GATEWAY_EGRESS_ADDRESSES": egress,
            "SLUICE_GATEWAY_SPF_MECHANISM": "include:spf.gateway.example",
            "SLUICE_DNS_AUTHORITATIVE_PORT": String(port),
        ]
    }

    /// A login of a worker's own, as the settings to use it, so that its connections alone can be closed.
    func login(_ user: String) async throws -> [String: String] {
        let name = "\(user)-\(self.virtualHost)"
        try await self.broker.control("add_user", name, self.broker.password)
        try await self.broker.control("set_permissions", "-p", self.virtualHost, name, ".*", ".*", ".*")
        let url = "\(self.broker.url)/\(self.virtualHost)"
        return ["SLUICE_BROKER_URL": url.replacingOccurrences(of: "://guest@", with: "://\(name)@")]
    }

    /// Another connection to the virtual host.
    func connection() async throws -> Connection {
        try await Connection.open(
            ConnectionOptions(url: "\(self.broker.url)/\(self.virtualHost)", password: self.broker.password)
        )
    }

    /// Has the broker close the connections of such a login.
    func closeConnections(of user: String) async throws {
        try await self.broker.control("close_all_user_connections", "\(user)-\(self.virtualHost)", "by a test")
    }

    /// Host, port, virtual host, user and password file, for a client that is not ours.
    var foreignLogin: [String] {
        let url = URLComponents(string: self.broker.url)
        return [
            url?.host ?? "", String(url?.port ?? 0), self.virtualHost, url?.user ?? "", self.broker.passwordFile,
        ]
    }

    /// Runs a command or a worker, as the child of a launcher if there is one.
    func sluice(
        _ arguments: [String],
        _ changes: [String: String] = [:],
        launcher: [String] = []
    ) async throws -> Program {
        try await Program(
            "sluice",
            arguments,
            environment: try self.environment(changes),
            folder: self.folder,
            launcher: launcher
        )
    }

    /// Sends a connect-tenant job as a console would, worth running until its deadline; gives its id.
    func connect(
        _ tenant: String,
        id: JobID = JobID(UUID()),
        data: String = #"{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}"#,
        by deadline: Date? = nil
    ) async throws -> JobID {
        let tenant = try #require(TenantID(tenant))
        let job = try Submission(id: id, type: .connectTenant, tenant: tenant, data: Array(data.utf8), dryRun: false)
        var message = job.message(source: "/console/test", now: Date())
        message.headers["x-job-deadline"] = deadline.map { .text(Timestamp.text($0)) }
        try await self.console.publish(message)
        return id
    }

    /// Sends a job of any type as a console would; gives its id.
    func send(_ type: JobType, _ tenant: String, data: String) async throws -> JobID {
        let tenant = try #require(TenantID(tenant))
        let id = JobID(UUID())
        let job = try Submission(id: id, type: type, tenant: tenant, data: Array(data.utf8), dryRun: false)
        try await self.console.publish(job.message(source: "/console/test", now: Date()))
        return id
    }

    /// Opens a consent link as an administrator's browser does, up to the redirect back to the gateway.
    func open(_ link: String) async throws {
        let run = try await Repository.python(
            ["-c", Self.browser, link],
            needing: ["urllib"]
        )
        #expect(run.output.trimmingCharacters(in: .newlines) == "302", "\(run.errors)")
    }

    /// Publishes any bytes as a job.
    func publish(_ body: [UInt8], key: String = "connect-tenant") async throws {
        try await self.console.publish(
            Message(body: body, properties: Properties(contentType: "application/cloudevents+json")),
            to: Destination(exchange: JobTopology.jobs, routingKey: key),
            mandatory: true
        )
    }

    /// Publishes any bytes as a job that a worker sends back, by the delay ladder.
    func publishAgain(_ body: [UInt8], key: String = "connect-tenant") async throws {
        try await self.console.publish(
            Message(body: body, properties: Properties(contentType: "application/cloudevents+json")),
            to: DelayLadder.destination(after: .seconds(1), key: key),
            mandatory: true
        )
    }

    /// The result of a job once it is there.
    func result(of job: JobID, within time: Duration = .seconds(60)) async throws -> (FinalOutcome, Problem?) {
        try await eventually(within: time, "the result of \(job)") { !self.results(of: job).isEmpty }
        return try #require(self.results(of: job).first)
    }

    /// All results of a job so far.
    func results(of job: JobID) -> [(FinalOutcome, Problem?)] {
        self.news(of: job).compactMap {
            if case .result(let outcome, let problem) = $0.kind { (outcome, problem) } else { nil }
        }
    }

    /// The `data` of a job's result, which must be there.
    func resultData(of job: JobID) throws -> [String: Any] {
        let result = self.messages(in: JobTopology.consoleResults)
            .first { $0.properties.correlationID == job.description }
        let event = try JSONSerialization.jsonObject(with: Data(try #require(result).body)) as? [String: Any]
        return try #require(event?["data"] as? [String: Any])
    }

    /// The times a job was postponed so far.
    func postponements(of job: JobID) -> [JobDelayed] {
        self.news(of: job).compactMap { if case .postponed(let delayed) = $0.kind { delayed } else { nil } }
    }

    /// The times an attempt failed and another followed, so far.
    func retries(of job: JobID) -> [JobDelayed] {
        self.news(of: job).compactMap { if case .retrying(let delayed) = $0.kind { delayed } else { nil } }
    }

    /// Everything heard of a job so far.
    func news(of job: JobID) -> [JobNews] {
        self.heard.withLock { $0.compactMap(\.news).filter { $0.job == job.description } }
    }

    /// Every message of a queue so far.
    func messages(in queue: String) -> [Message] {
        self.heard.withLock { $0.filter { $0.queue == queue }.map(\.message) }
    }

    private func listen() async throws -> [Deliveries] {
        var listening: [Deliveries] = []
        for queue in [JobTopology.consoleResults, JobTopology.consoleEvents, JobTopology.dead] {
            let deliveries = try await self.console.consume(queue, prefetch: 100, exclusive: false)
            listening.append(deliveries)
            // Ends with the consumer, which `walk` cancels.
            Task { [self] in
                for await delivery in deliveries {
                    self.heard.withLock {
                        $0.append(Heard(queue: queue, message: delivery.message, news: JobNews(delivery.message)))
                    }
                    delivery.settle(.acknowledge)
                }
            }
        }
        return listening
    }
}

/// Makes virtual hosts one after the other: many `rabbitmqctl` at once run into each other on a busy machine.
private actor VirtualHosts {
    private var last: Task<Void, any Error>?

    func make(_ name: String, on broker: Broker) async throws {
        let before = self.last
        // Awaited in the next line; a task only so that the next caller can wait for it.
        let making = Task {
            _ = await before?.result
            // What add_vhost and set_permissions do, with one start of the tool.
            let rights = #"<<".*">>, <<".*">>, <<".*">>"#
            try await broker.control(
                "eval",
                """
                ok = rabbit_vhost:add(<<"\(name)">>, <<"test">>),
                rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"\(name)">>, \(rights), <<"test">>).
                """
            )
        }
        self.last = making
        try await making.value
    }
}
