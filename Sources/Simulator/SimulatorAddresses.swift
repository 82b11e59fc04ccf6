/// Where the listeners are: four for HTTP, each as `http://127.0.0.1:<port>` without a slash at the end, and two for DNS.
package struct SimulatorAddresses: Codable, Sendable, Equatable {
    /// Takes the place of `https://login.microsoftonline.com`.
    package let loginURL: String
    /// Takes the place of `https://graph.microsoft.com`.
    package let graphURL: String
    /// Takes the place of `https://outlook.office365.com`.
    package let exchangeURL: String
    /// The simulator's own control interface.
    package let controlURL: String
    /// The resolver, as `127.0.0.1:<port>`, UDP and TCP.
    package let dns: String
    /// The authoritative servers of every zone of the scenario, as `127.0.0.1:<port>`.
    package let dnsAuthoritative: String

    /// Waits until every listener has told its port; nil when one of them never does.
    init?(_ openings: AsyncStream<(ServiceName, Int)>, dns: Int, dnsAuthoritative: Int) async {
        self.dns = "127.0.0.1:\(dns)"
        self.dnsAuthoritative = "127.0.0.1:\(dnsAuthoritative)"
        var ports: [ServiceName: Int] = [:]
        for await (service, port) in openings {
            ports[service] = port
            if ports.count == ServiceName.allCases.count { break }
        }
        guard let login = ports[.login], let graph = ports[.graph], let exchange = ports[.exchange],
            let control = ports[.control]
        else { return nil }
        loginURL = "http://127.0.0.1:\(login)"
        graphURL = "http://127.0.0.1:\(graph)"
        exchangeURL = "http://127.0.0.1:\(exchange)"
        controlURL = "http://127.0.0.1:\(control)"
    }

    /// One line of JSON, as the program prints it.
    package var line: String { String(decoding: encodedJSON(self), as: UTF8.self) }
}

/// Which ports to listen on.
package enum SimulatorPorts: Sendable, Equatable {
    /// The system chooses.
    case ephemeral
    /// Login there, Graph one above, Exchange two above, control three above, then resolver and authoritative DNS.
    case from(Int)

    func port(of service: ServiceName) -> Int {
        guard case .from(let first) = self, let offset = ServiceName.allCases.firstIndex(of: service) else { return 0 }
        return first + offset
    }

    func port(of view: DNSView) -> Int {
        guard case .from(let first) = self, let offset = DNSView.allCases.firstIndex(of: view) else { return 0 }
        return first + ServiceName.allCases.count + offset
    }
}
