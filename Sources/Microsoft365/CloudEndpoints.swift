/// Where the three services of one Microsoft cloud are, and what their tokens are called.
///
/// Applications are registered per cloud; a token of one cloud is refused in another.
/// Source of the hosts: Microsoft Graph "National cloud deployments".
package struct CloudEndpoints: Equatable, Sendable {
    /// The login service (Microsoft Entra ID).
    package var login: ServiceAddress
    /// Microsoft Graph.
    package var graph: ServiceAddress
    /// Exchange Online administration.
    package var exchange: ServiceAddress
    private let graphResource: String
    private let exchangeResource: String

    private init(login: String, graph: String, exchange: String) {
        self.login = ServiceAddress(preset: login)
        self.graph = ServiceAddress(preset: graph)
        self.exchange = ServiceAddress(preset: exchange)
        self.graphResource = "https://\(graph)"
        self.exchangeResource = "https://\(exchange)"
    }

    /// The worldwide cloud, GCC included.
    package static let global = Self(
        login: "login.microsoftonline.com",
        graph: "graph.microsoft.com",
        exchange: "outlook.office365.com",
    )
    /// The United States government cloud L4.
    package static let gccHigh = Self(
        login: "login.microsoftonline.us",
        graph: "graph.microsoft.us",
        exchange: "outlook.office365.us",
    )
    /// The United States Department of Defense cloud L5.
    package static let dod = Self(
        login: "login.microsoftonline.us",
        graph: "dod-graph.microsoft.us",
        exchange: "outlook-dod.office365.us",
    )
    /// The cloud operated by 21Vianet.
    package static let china = Self(
        login: "login.chinacloudapi.cn",
        graph: "microsoftgraph.chinacloudapi.cn",
        exchange: "outlook.office365.cn",
    )

    /// The preset of a name: `global`, `gcc-high`, `dod` or `china`.
    ///
    /// Throws `configurationRejected` for any other name.
    package init(cloud name: String) throws(Microsoft365Error) {
        switch name {
        case "global": self = .global
        case "gcc-high": self = .gccHigh
        case "dod": self = .dod
        case "china": self = .china
        default: throw Microsoft365Error(.configurationRejected, operation: "configuration.microsoft.cloud")
        }
    }

    /// The preset of a name with some or all addresses replaced, as the configuration says.
    ///
    /// Tokens are still asked for under the names of the preset's services. Throws `configurationRejected` for an unknown
    /// name and for an address that is plain http outside loopback.
    package init(
        cloud name: String = "global",
        loginURL: String?,
        graphURL: String?,
        exchangeURL: String?
    ) throws(Microsoft365Error) {
        try self.init(cloud: name)
        if let loginURL { self.login = try ServiceAddress(loginURL) }
        if let graphURL { self.graph = try ServiceAddress(graphURL) }
        if let exchangeURL { self.exchange = try ServiceAddress(exchangeURL) }
    }

    /// The scope that asks for a token with all granted app roles of a resource.
    package func scope(of resource: Resource) -> String {
        switch resource {
        case .graph: "\(self.graphResource)/.default"
        case .exchange: "\(self.exchangeResource)/.default"
        }
    }
}

/// The services that want a token.
package enum Resource: String, CaseIterable, Sendable {
    /// Microsoft Graph.
    case graph
    /// Exchange Online administration.
    case exchange
}
