import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Reactions to the service's errors")
struct ServiceReactionTests {
    @Test(
        "Each error has its meaning for a job",
        arguments: [
            (.credentialsRejected, "login.token", .fail(.credentialsRejected)),
            (.configurationRejected, "login.token", .fail(.configurationRejected)),
            (.applicationNotConsented, "login.token", .fail(.consentMissing)),
            (.applicationDisabled, "login.token", .fail(.applicationDisabled)),
            (.tenantNotFound, "login.token", .fail(.tenantNotFound)),
            (.wrongCloud, "login.token", .fail(.tenantNotFound)),
            (.exchangeMissing, "login.token", .fail(.exchangeMissing)),
            (.accessBlockedByPolicy, "login.token", .fail(.accessBlocked)),
            (.throttled, "graph.domains", .wait(.throttle, .throttled)),
            (.unavailable, "graph.domains", .fail(.serviceUnavailable)),
            (.unreachable, "login.token", .fail(.loginUnreachable)),
            (.unreachable, "graph.domains", .fail(.serviceUnavailable)),
            (.interrupted, "exchange.Set-InboundConnector", .fail(.effectUncertain)),
            (.cancelled, "graph.domains", .interrupt),
            (.unauthorized, "exchange.Get-OrganizationConfig", .wait(.exchangeAccess, .propagationTimeout)),
            (.forbidden, "exchange.Get-OrganizationConfig", .wait(.exchangeAccess, .propagationTimeout)),
            (.unauthorized, "graph.domains", .fail(.unexpectedAnswer)),
            (.forbidden, "graph.domains", .wait(.permissions, .permissionMissing)),
            (.notFound, "graph.assignAppRole", .wait(.visibility, .propagationTimeout)),
            (.alreadyExists, "exchange.New-InboundConnector", .fail(.unexpectedAnswer)),
            (.invalidRequest, "exchange.New-InboundConnector", .fail(.internalError)),
            (.organizationDehydrated, "exchange.New-InboundConnector", .wait(.customization, .propagationTimeout)),
            (.connectorCreationRefused, "exchange.New-InboundConnector", .fail(.connectorRefused)),
            (.malformedAnswer, "graph.domains", .fail(.unexpectedAnswer)),
            (.foreignLink, "graph.domains", .fail(.unexpectedAnswer)),
            (.answerTooLarge, "graph.domains", .fail(.unexpectedAnswer)),
        ] as [(Microsoft365Error.Code, String, ServiceReaction)]
    )
    func reacts(code: Microsoft365Error.Code, operation: String, expected: ServiceReaction) {
        #expect(Microsoft365Error(code, operation: operation).reaction == expected)
    }

    @Test("A consent that may be too young is waited for, a missing one is not")
    func consent() {
        let young = Microsoft365Error(.applicationNotConsented, operation: "login.token", isRetryable: true)
        let missing = Microsoft365Error(.applicationNotConsented, operation: "login.token", isRetryable: false)
        #expect(young.reaction == .wait(.consent, .consentMissing))
        #expect(missing.reaction == .fail(.consentMissing))
    }

    @Test("Only a write without a usable answer leaves its effect open", arguments: Microsoft365Error.Code.allCases)
    func openEffects(code: Microsoft365Error.Code) {
        let opens: Set<Microsoft365Error.Code> = [.interrupted, .malformedAnswer, .answerTooLarge]
        let write = Microsoft365Error(code, operation: "exchange.New-InboundConnector", isWrite: true)
        let read = Microsoft365Error(code, operation: "exchange.Get-InboundConnector")
        #expect(write.leavesEffectOpen == opens.contains(code))
        #expect(!read.leavesEffectOpen)
    }
}
