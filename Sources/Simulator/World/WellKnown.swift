/// A service that tokens are issued for.
enum Resource: String, Sendable, CaseIterable {
    case graph
    case exchange

    /// The appId of its service principal in every tenant.
    var appID: String {
        switch self {
        case .graph: "00000003-0000-0000-c000-000000000000"
        case .exchange: "00000002-0000-0ff1-ce00-000000000000"
        }
    }

    /// Its identifier in a scope, and the audience of its tokens.
    var identifier: String {
        switch self {
        case .graph: "https://graph.microsoft.com"
        case .exchange: "https://outlook.office365.com"
        }
    }

    var displayName: String {
        switch self {
        case .graph: "Microsoft Graph"
        case .exchange: "Office 365 Exchange Online"
        }
    }
}

/// A permission an application can hold on a resource.
struct AppRole: Sendable, Equatable {
    let resource: Resource
    let value: String
    let id: String

    /// The role that opens InvokeCommand; its two look-alikes do not.
    static let manageAsApp = "Exchange.ManageAsApp"

    /// All roles the simulator knows, with the identifiers they have in every tenant.
    static let all: [AppRole] =
        [
            ("Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
            ("Application.ReadWrite.All", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
            ("AppRoleAssignment.ReadWrite.All", "06b708a9-e830-4db3-a914-8e69da51d44f"),
            ("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
            ("EntitlementManagement.ReadWrite.All", "9acd699f-1e81-4958-b001-93b1d2506e19"),
            ("RoleManagement.ReadWrite.Directory", "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"),
            ("Domain.Read.All", "dbb9058a-0e50-45d7-ae91-66909b5d4664"),
            ("Group.Read.All", "5b567255-7703-4780-807c-7be8301ae99b"),
            ("GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6"),
            ("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
            ("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"),
        ].map { AppRole(resource: .graph, value: $0.0, id: $0.1) }
        + [
            ("Exchange.ManageAsAppV2", "5c1e0f7a-2f0b-4d62-9d2f-0d6f3b1f2a01"),
            (manageAsApp, "dc50a0fb-09a3-484d-be87-e023b12c6440"),
            ("Exchange.AdminAPI.ManageAsApp", "5c1e0f7a-2f0b-4d62-9d2f-0d6f3b1f2a02"),
        ].map { AppRole(resource: .exchange, value: $0.0, id: $0.1) }

    /// The role with that value.
    static func named(_ value: String) -> AppRole? { all.first { $0.value == value } }

    /// The role with that id on that resource.
    static func with(id: String, on resource: Resource) -> AppRole? {
        all.first { $0.resource == resource && $0.id == id.lowercased() }
    }
}

/// A built-in directory role.
struct DirectoryRole: Sendable, Equatable {
    let templateID: String
    let name: String

    static let exchangeAdministrator = DirectoryRole(
        templateID: "29232cdf-9323-42fd-ade2-1d097af3e4de",
        name: "Exchange Administrator"
    )
    static let globalAdministrator = DirectoryRole(
        templateID: "62e90394-69f5-4237-9190-012177145e10",
        name: "Global Administrator"
    )
    static let globalReader = DirectoryRole(
        templateID: "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        name: "Global Reader"
    )

    /// The roles that can be assigned.
    static let all = [
        exchangeAdministrator, globalAdministrator, globalReader,
        DirectoryRole(
            templateID: "31392ffb-586c-42d1-9346-e59415a2cc4e",
            name: "Exchange Recipient Administrator"
        ),
        DirectoryRole(templateID: "194ae4cb-b126-40b2-bd5b-6091b380977d", name: "Security Administrator"),
        DirectoryRole(templateID: "5d6b6bb7-de71-4623-b4af-96380a352509", name: "Security Reader"),
    ]

    /// Roles whose holder may change connectors and rules.
    static let mayChangeExchange = Set([exchangeAdministrator.templateID, globalAdministrator.templateID])
    /// Roles whose holder may read connectors and rules.
    static let mayReadExchange = mayChangeExchange.union([globalReader.templateID])

    /// The role with that name or template id.
    static func find(_ text: String) -> DirectoryRole? {
        all.first { $0.name == text || $0.templateID == text.lowercased() }
    }
}
