import Crypto
import Foundation
import JobModel

/// Where a tenant's synchronisation stands: what a commit gives as `state` and the next job brings along.
///
/// Opaque to consoles. It holds no name and no secret: links of delta queries work with a token of the application only.
struct DirectoryState: Codable, Sendable, Equatable {
    /// What every state's text begins with; another form gets another.
    private static let mark = "d1."
    /// The highest generation that a job goes on from: a commit a second for thirty years.
    static let generationMax = 1_000_000_000

    /// The tenant it belongs to.
    let tenant: String
    /// How many commits led here.
    let generation: Int
    /// What of the directory was imported, see ``fingerprint(of:)``.
    let filters: String
    /// Where the next round of users begins.
    let usersLink: String
    /// Where the next round of groups begins; nil when none are imported.
    let groupsLink: String?
    /// The users that the console holds.
    let users: IDSample
    /// The groups that the console holds.
    let groups: IDSample

    init(
        tenant: TenantID,
        generation: Int,
        filters: DirectoryFilters,
        usersLink: String,
        groupsLink: String?,
        users: IDSample,
        groups: IDSample
    ) throws {
        self.tenant = tenant.description
        self.generation = generation
        self.filters = try Self.fingerprint(of: filters)
        self.usersLink = usersLink
        self.groupsLink = groupsLink
        self.users = users
        self.groups = groups
    }

    /// Reads what `text` gave.
    ///
    /// Pure. Throws `invalidPayload` for anything else, and for the state of another tenant.
    init(text: String, tenant: TenantID) throws(Problem) {
        guard text.hasPrefix(Self.mark), let data = Data(base64Encoded: String(text.dropFirst(Self.mark.count))),
            let state = try? JSONDecoder().decode(Self.self, from: data),
            (1...Self.generationMax).contains(state.generation)
        else { throw Problem(.invalidPayload, "`data.state` is not what a commit gave.") }
        guard state.tenant == tenant.description else {
            throw Problem(.invalidPayload, "`data.state` belongs to the tenant \(state.tenant.prefix(36)).")
        }
        self = state
    }

    /// The state as a commit gives it; throws when links of the service make it longer than a job may carry.
    func text() throws -> String {
        let text = Self.mark + Data(try CanonicalJSON.bytes(self)).base64EncodedString()
        guard text.utf8.count <= SyncDirectory.stateLengthMax else {
            throw Problem(.unexpectedAnswer, "Graph gave a delta link too long to be carried.")
        }
        return text
    }

    /// Equal for filters that import the same.
    static func fingerprint(of filters: DirectoryFilters) throws -> String {
        var plain = filters
        plain.domains = filters.domains.map { Array(Set($0.map { $0.lowercased() })).sorted() }
        return Data(SHA256.hash(data: try CanonicalJSON.bytes(plain))).base64EncodedString()
    }
}
