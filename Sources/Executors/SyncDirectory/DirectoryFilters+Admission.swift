import JobModel
import Microsoft365

/// Who is imported.
extension DirectoryFilters {
    /// Whether a user is; pure.
    func admit(_ user: UserRecord) -> Bool {
        if !self.guests, user.userType?.lowercased() == "guest" { return false }
        switch self.users {
        case .all: break
        case .enabled: guard user.isEnabled else { return false }
        case .enabledAndShared:
            let isShared = !user.isLicensed && user.mail != nil
            guard user.isEnabled || isShared else { return false }
        }
        guard let domains else { return true }
        let wanted = Set(domains.map { $0.lowercased() })
        return user.addresses.contains { wanted.contains($0.domain) }
    }

    /// Whether a group is; pure.
    func admit(_ group: GroupRecord) -> Bool {
        switch self.groups {
        case .all: true
        case .mail: group.isMailEnabled
        case .security: group.isSecurityEnabled
        case .none: false
        }
    }
}

extension UserRecord {
    /// The addresses at which the user receives mail.
    fileprivate var addresses: [String] {
        let smtp = self.proxyAddresses.filter { $0.lowercased().hasPrefix("smtp:") }.map { String($0.dropFirst(5)) }
        return smtp + [self.mail].compactMap { $0 }
    }

    /// The user as a page holds it.
    var change: DirectoryChange {
        .user(
            DirectoryUser(
                id: self.id,
                userPrincipalName: self.userPrincipalName,
                displayName: self.displayName,
                mail: self.mail,
                proxyAddresses: self.proxyAddresses,
                accountEnabled: self.isEnabled,
                userType: self.userType,
                isLicensed: self.isLicensed
            )
        )
    }
}

extension GroupRecord {
    /// The group as a page holds it.
    var change: DirectoryChange {
        .group(
            DirectoryGroup(
                id: self.id,
                displayName: self.displayName,
                mail: self.mail,
                proxyAddresses: self.proxyAddresses,
                mailEnabled: self.isMailEnabled,
                securityEnabled: self.isSecurityEnabled,
                groupTypes: self.groupTypes
            )
        )
    }
}

extension String {
    /// What stands behind the last at sign, in lower case.
    fileprivate var domain: String { self.split(separator: "@").last?.lowercased() ?? "" }
}
