import Foundation
import Testing

@testable import Microsoft365

@Suite("Access tokens")
struct AccessTokenTests {
    private func token(_ claims: String) -> AccessToken {
        AccessToken(value: "e30.\(Data(claims.utf8).base64URL).sig", resource: .graph)
    }

    @Test("Roles, directory roles, principal and tenant are read")
    func claims() {
        let token = self.token(
            #"""
            {"roles":["Domain.Read.All","User.Read.All"],"wids":["29232CDF-9323-42FD-ADE2-1D097AF3E4DE"],
             "oid":"abc","tid":"01020304-0506-0708-090a-0b0c0d0e0f10"}
            """#
        )
        #expect(token.roles == ["Domain.Read.All", "User.Read.All"])
        #expect(token.directoryRoles == [WellKnown.exchangeAdministratorRoleID])
        #expect(token.principalID == "abc")
        #expect(token.tenantID?.uuidString == "01020304-0506-0708-090A-0B0C0D0E0F10")
    }

    @Test("A token without claims, or that is no JWT, has none", arguments: ["{}", "[]", "", "\u{0}"])
    func empty(claims: String) {
        #expect(self.token(claims).roles.isEmpty)
        #expect(AccessToken(value: claims, resource: .exchange).directoryRoles.isEmpty)
    }

    @Test("A token is used until shortly before its end, and only the dropped one is dropped")
    func cache() {
        let start = ContinuousClock.now
        let graph = self.token("{}")
        let exchange = AccessToken(value: "other", resource: .exchange)
        var cache = TokenCache()
        cache.keep(graph, asked: start, lifetime: .seconds(3_600))
        cache.keep(exchange, asked: start, lifetime: .seconds(10))
        #expect(cache.token(for: .graph, at: start.advanced(by: .seconds(3_299))) == graph)
        #expect(cache.token(for: .graph, at: start.advanced(by: .seconds(3_300))) == nil)
        #expect(cache.token(for: .exchange, at: start.advanced(by: .milliseconds(8_999))) == exchange)
        #expect(cache.token(for: .exchange, at: start.advanced(by: .seconds(9))) == nil)
        cache.drop(AccessToken(value: "older", resource: .graph))
        #expect(cache.token(for: .graph, at: start) == graph)
        cache.drop(graph)
        #expect(cache.token(for: .graph, at: start) == nil)
        cache.dropAll()
        #expect(cache.token(for: .exchange, at: start) == nil)
    }
}
