import NIOHTTP1

/// Whose mailbox an address is (Microsoft Graph REST API v1.0, user and organization).
extension Mail {
    private static let userFields = "id,userPrincipalName,mail,proxyAddresses,userType,createdDateTime"

    /// The users behind addresses, by address in lower case; an address that nobody has is left out.
    ///
    /// Fifteen addresses are one question. One that no question finds is asked for once more as a sign-in name, which users
    /// without a mailbox have alone.
    package func users(addressed addresses: [String]) async throws(Microsoft365Error) -> [String: MailUser] {
        let wanted = Array(Set(addresses.map { $0.lowercased() })).sorted()
        var chunks: [[String]] = []
        for start in stride(from: 0, to: wanted.count, by: Self.addressesMax) {
            chunks.append(Array(wanted[start..<min(start + Self.addressesMax, wanted.count)]))
        }
        var found: [String: MailUser] = [:]
        for user in try await self.gather(
            chunks,
            { chunk throws(Microsoft365Error) in try await self.users(of: chunk) }
        ).flatMap({ $0 }) {
            for address in user.addresses { found[address] = user }
        }
        let missing = wanted.filter { found[$0] == nil }
        let named = try await self.gather(missing) { name throws(Microsoft365Error) in try await self.user(name) }
        for (name, user) in zip(missing, named) { found[name] = user }
        return found.filter { wanted.contains($0.key) }
    }

    private func users(of addresses: [String]) async throws(Microsoft365Error) -> [MailUser] {
        let filter = addresses.map { "proxyAddresses/any(p:p eq \(MailText.quoted("smtp:\($0)")))" }
        let request = MailRequest(
            operation: "mail.users",
            mailbox: nil,
            method: .GET,
            path: "/users"
                + MailText.query([
                    ("$filter", filter.joined(separator: " or ")), ("$select", Self.userFields), ("$top", "999"),
                ])
        )
        return try await self.list(request, max: .max, MailUser.init).value
    }

    /// The user with an object id or sign-in name; nil when the directory has none.
    package func user(_ key: String) async throws(Microsoft365Error) -> MailUser? {
        let request = MailRequest(
            operation: "mail.user",
            mailbox: nil,
            method: .GET,
            path: "/users/\(MailText.segment(key))" + MailText.query([("$select", Self.userFields)])
        )
        do throws(Microsoft365Error) {
            guard let user = MailUser(try await self.pipeline.send(request).body) else {
                throw self.malformed(request)
            }
            return user
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The tenant's verified domains in lower case; nil when the application may not read them.
    package func verifiedDomains() async throws(Microsoft365Error) -> Set<String>? {
        let request = MailRequest(
            operation: "mail.organization",
            mailbox: nil,
            method: .GET,
            path: "/organization" + MailText.query([("$select", "id,verifiedDomains")])
        )
        do throws(Microsoft365Error) {
            let organizations = try await self.list(request, max: .max) { $0["verifiedDomains"].array }.value
            guard !organizations.isEmpty else { throw self.malformed(request) }
            return Set(organizations.joined().compactMap { $0["name"].string?.lowercased() })
        } catch {
            guard error.code == .forbidden else { throw error }
            return nil
        }
    }

    /// Asks for each at once, in order; the first failure is thrown.
    private func gather<Key: Sendable, Value: Sendable>(
        _ keys: [Key],
        _ ask: @escaping @Sendable (Key) async throws(Microsoft365Error) -> Value
    ) async throws(Microsoft365Error) -> [Value] {
        let results = await withTaskGroup(of: (Int, Result<Value, Microsoft365Error>).self) { group in
            for (index, key) in keys.enumerated() {
                group.addTask {
                    do throws(Microsoft365Error) { return (index, .success(try await ask(key))) } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var values: [Value] = []
        for (_, result) in results.sorted(by: { $0.0 < $1.0 }) { values.append(try result.get()) }
        return values
    }
}
