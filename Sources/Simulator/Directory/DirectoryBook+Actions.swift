import Foundation

extension DirectoryBook {
    /// Carries out what happens to users and groups.
    mutating func perform(_ action: DirectoryAction, at time: Date) throws(SimulatorError) {
        switch action.action {
        case .addUser: _ = add(.user, whole(.user, action.properties ?? [:], at: time), at: time)
        case .addGroup: _ = add(.group, whole(.group, action.properties ?? [:], at: time), at: time)
        case .change:
            for (id, kind) in try objects(action) { set(action.properties ?? [:], of: id, kind, at: time) }
        case .softDelete: for (id, kind) in try objects(action) { set(.softDeleted, of: id, kind, at: time) }
        case .restore: for (id, kind) in try objects(action) { set(.present, of: id, kind, at: time) }
        case .purge: for (id, kind) in try objects(action) { set(.purged, of: id, kind, at: time) }
        case .addMembers, .removeMembers:
            for (id, kind) in try objects(action) {
                guard kind == .group else { throw bad("only groups have members") }
                for member in action.members ?? [] {
                    setMember(member, of: id, action.action == .addMembers, at: time)
                }
            }
        case .rebuild: rebuild()
        }
    }

    private func objects(_ action: DirectoryAction) throws(SimulatorError) -> [(id: String, kind: EntryKind)] {
        if let first = action.first, let last = action.last {
            guard first >= 1, last <= population.count, first <= last else { throw bad("no such numbers") }
            return (first...last).map { (population.id(of: $0), .user) }
        }
        guard let id = action.id, let kind = kind(of: id) else {
            throw bad("no object has the id '\(action.id ?? "")'")
        }
        return [(id, kind)]
    }

    private func bad(_ detail: String) -> SimulatorError { SimulatorError(code: .badControlRequest, detail: detail) }

    private func whole(
        _ kind: EntryKind,
        _ properties: [String: JSONValue],
        at time: Date
    ) -> [String: JSONValue] {
        let standard: [String: JSONValue] =
            switch kind {
            case .user:
                [
                    "userPrincipalName": "new@invalid.example", "displayName": .null, "mail": .null,
                    "proxyAddresses": [], "accountEnabled": true, "userType": "Member", "givenName": .null,
                    "surname": .null, "assignedLicenses": [], "otherMails": [],
                    "createdDateTime": .text(userTime(time)),
                ]
            case .group:
                [
                    "displayName": "New", "mail": .null, "mailEnabled": false, "securityEnabled": true,
                    "groupTypes": [], "proxyAddresses": [], "membershipRule": .null,
                ]
            }
        return standard.merging(properties) { $1 }
    }
}
