import NIOHTTP1

extension Graph {
    /// All domains of the tenant, the unverified and the lent ones too.
    ///
    /// Needs Domain.Read.All.
    package func domains() async throws(Microsoft365Error) -> [Domain] {
        try await self.list(self.call("domains", .GET, "/domains"), Domain.init)
    }

    /// The DNS records Microsoft 365 wants a domain to have; the MX record names the host the gateway relays to.
    ///
    /// Needs Domain.Read.All.
    package func serviceConfigurationRecords(
        of domain: String
    ) async throws(Microsoft365Error) -> [ServiceConfigurationRecord] {
        let path = "/domains/\(domain.formEncoded)/serviceConfigurationRecords"
        return try await self.list(
            self.call("serviceConfigurationRecords", .GET, path),
            ServiceConfigurationRecord.init
        )
    }

    /// Reads one user, to prove that users can be read; true when there was one.
    ///
    /// Needs User.Read.All.
    @discardableResult
    package func probeUsers() async throws(Microsoft365Error) -> Bool {
        try await self.probe("probeUsers", "/users?$select=id&$top=1")
    }

    /// Reads one group, to prove that groups can be read; true when there was one.
    ///
    /// Needs Group.Read.All.
    @discardableResult
    package func probeGroups() async throws(Microsoft365Error) -> Bool {
        try await self.probe("probeGroups", "/groups?$select=id&$top=1")
    }

    /// Reads the first page of a list only; whether anything is behind it does not matter.
    private func probe(_ name: String, _ path: String) async throws(Microsoft365Error) -> Bool {
        let call = self.call(name, .GET, path)
        guard let values = try await self.object(call)["value"].array else { throw call.failure(.malformedAnswer) }
        return !values.isEmpty
    }
}

extension Domain {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["id"].string, let isVerified = value["isVerified"].bool else { return nil }
        self.name = name.lowercased()
        self.isVerified = isVerified
        self.isInitial = value["isInitial"].bool ?? false
        self.isDefault = value["isDefault"].bool ?? false
        self.isRoot = value["isRoot"].bool ?? true
        self.supportedServices = value["supportedServices"].strings ?? []
        self.authenticationType = value["authenticationType"].string
    }
}

extension ServiceConfigurationRecord {
    fileprivate init?(_ value: JSONValue) {
        guard let kind = Kind(value) else { return nil }
        self.label = value["label"].string ?? ""
        self.supportedService = value["supportedService"].string
        self.kind = kind
    }
}

extension ServiceConfigurationRecord.Kind {
    /// The type says what a record is; where it is missing the fields do.
    fileprivate init?(_ value: JSONValue) {
        let type = value["@odata.type"].string
        if let mailExchange = value["mailExchange"].string {
            self = .mx(mailExchange: mailExchange.lowercased(), preference: value["preference"].integer ?? 0)
        } else if let text = value["text"].string {
            self = .txt(text)
        } else if type == "#microsoft.graph.domainDnsMxRecord" {
            // An MX record without a host is no answer to the question where mail goes.
            return nil
        } else {
            self = .other(value["recordType"].string ?? type ?? "unknown")
        }
    }
}
