import Foundation

/// How Graph writes the objects of a directory.
extension ServicePrincipal {
    func json(_ directory: Directory) -> JSONValue {
        [
            "id": .text(id), "appId": .text(appID), "displayName": .text(displayName),
            "accountEnabled": .flag(accountEnabled), "servicePrincipalType": "Application",
            "appRoles": .array(directory.resource(of: self).map(ServicePrincipal.appRoles) ?? []),
        ]
    }

    private static func appRoles(_ resource: Resource) -> [JSONValue] {
        AppRole.all.filter { $0.resource == resource }.map {
            [
                "id": .text($0.id), "value": .text($0.value), "displayName": .text($0.value), "isEnabled": true,
                "allowedMemberTypes": ["Application"], "origin": "Application",
            ]
        }
    }
}

extension AppRoleAssignment {
    func json(_ directory: Directory) -> JSONValue {
        [
            "id": .text(id), "createdDateTime": .text(graphTime(createdAt)), "appRoleId": .text(roleID),
            "principalId": .text(principalID), "principalType": "ServicePrincipal",
            "principalDisplayName": .text(directory.principal(id: principalID)?.displayName ?? ""),
            "resourceId": .text(resourceID),
            "resourceDisplayName": .text(directory.principal(id: resourceID)?.displayName ?? ""),
        ]
    }

    func roleName(_ directory: Directory) -> String {
        AppRole.all.first { $0.id == roleID }?.value ?? roleID
    }
}

extension RoleAssignment {
    func json(expanding expand: String?) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .text(id), "roleDefinitionId": .text(roleID), "principalId": .text(principalID),
            "directoryScopeId": "/",
        ]
        if expand == "roleDefinition" {
            members["roleDefinition"] = [
                "id": .text(roleID), "displayName": .text(DirectoryRole.find(roleID)?.name ?? ""),
                "templateId": .text(roleID), "isBuiltIn": true,
            ]
        }
        return .object(members)
    }
}

extension TenantDomain {
    func json(among domains: [TenantDomain]) -> JSONValue {
        [
            "id": .text(name), "authenticationType": .text(authenticationType), "availabilityStatus": .null,
            "isAdminManaged": true, "isDefault": .flag(isDefault), "isInitial": .flag(isInitial),
            "isRoot": .flag(isRoot(among: domains)), "isVerified": .flag(isVerified),
            "supportedServices": .texts(supportedServices), "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 90, "state": .null,
        ]
    }

    /// What the owner puts into DNS to prove the domain.
    var verificationRecords: [JSONValue] {
        let number = name.utf8.reduce(10_000_000) { ($0 &* 31 &+ Int($1)) % 89_999_999 } + 10_000_000
        return [
            record("TxtRecord", "Txt", service: "null", ["text": .text("MS=ms\(number)")]),
            record(
                "MxRecord",
                "Mx",
                service: "null",
                ["mailExchange": .text("ms\(number).msv1.invalid"), "preference": 32767]
            ),
        ]
    }

    /// What the owner puts into DNS to use the services; the mail exchanger is where a gateway must relay to.
    var serviceRecords: [JSONValue] {
        guard isVerified, supportedServices.contains("Email") else { return [] }
        return [
            record("MxRecord", "Mx", service: "Email", ["mailExchange": .text(mailExchange), "preference": 0]),
            record(
                "TxtRecord",
                "Txt",
                service: "Email",
                ["text": "v=spf1 include:spf.protection.outlook.com -all"]
            ),
            record("CnameRecord", "CName", service: "Email", ["canonicalName": "autodiscover.outlook.com"]),
        ]
    }

    private func record(_ type: String, _ kind: String, service: String, _ data: [String: JSONValue]) -> JSONValue {
        var members: [String: JSONValue] = [
            "@odata.type": .text("#microsoft.graph.domainDns\(type)"), "id": .text("\(name)-\(service)-\(kind)"),
            "label": .text(kind == "CName" ? "autodiscover." + name : name), "recordType": .text(kind), "ttl": 3600,
            "supportedService": .text(service), "isOptional": false,
        ]
        members.merge(data) { $1 }
        return .object(members)
    }
}

/// A time as Graph writes it; what was settled before the start is an old fixed date.
func graphTime(_ date: Date) -> String {
    max(date, settled).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// The same as Graph writes it of a user: in whole seconds.
func userTime(_ date: Date) -> String { max(date, settled).formatted(.iso8601) }

private let settled = Date(timeIntervalSince1970: 1_700_000_000)
