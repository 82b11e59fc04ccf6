package import AMQP
package import Foundation
package import JobModel

/// A result or event as it was heard on the broker.
package struct JobNews: Sendable {
    /// What kind of news it is.
    package enum Kind: Sendable, Equatable {
        /// The first start.
        case started
        /// A step under way.
        case progressed(JobProgressed)
        /// The job waits for something outside.
        case postponed(JobDelayed)
        /// An attempt failed and another follows.
        case retrying(JobDelayed)
        /// The terminal event.
        case ended(JobEnded)
        /// An object of a tenant was made or changed.
        case changed(PlannedChange)
        /// Copies of a message were moved to quarantine.
        case pulled(CopiesMoved)
        /// Copies of a message were moved back.
        case restored(CopiesMoved)
        /// A tenant is connected.
        case connected(TenantConnected)
        /// A tenant's mail leaves through the gateway.
        case outboundEnabled(OutboundConnectorEnabled)
        /// It no longer does.
        case outboundDisabled(OutboundConnectorDisabled)
        /// A tenant no longer lets us in.
        case connectionLost(TenantConnectionLost)
        /// A tenant was disconnected.
        case disconnected(TenantDisconnected)
        /// Something of a tenant is not as it was left.
        case drift(DriftFound)
        /// People are to be told.
        case notification(NotificationRequested)
        /// A piece of a directory.
        case directoryPage(DirectoryPage)
        /// The guard against mass deletion asks.
        case directoryHeld(DirectoryHeld)
        /// Something a later version says, by its type.
        case other(String)
        /// The result.
        case result(FinalOutcome, Problem?)
    }

    /// What kind of news it is.
    package let kind: Kind
    /// The job it is about.
    package let job: String
    /// The tenant it is about.
    package let tenant: String
    /// The CloudEvents `type`.
    package let type: String
    /// When it was sent.
    package let time: Date
    /// The whole message.
    package let body: [UInt8]

    private struct Envelope: Decodable {
        let type: String
        let subject: String
        let time: String
    }

    private struct Wrapper<Value: Decodable>: Decodable { let data: Value }

    private struct ResultData: Decodable {
        let outcome: FinalOutcome
        let problem: Problem?
    }

    /// Reads a message; nil when it is none of ours.
    package init?(_ message: Message) {
        let data = Data(message.body)
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: data),
            let time = Timestamp.date(envelope.time), let job = message.properties.correlationID,
            let kind = Self.kind(of: envelope.type, in: data)
        else { return nil }
        self.kind = kind
        self.job = job
        self.tenant = envelope.subject
        self.type = envelope.type
        self.time = time
        self.body = message.body
    }

    private static func kind(of type: String, in body: Data) -> Kind? {
        func data<Value: Decodable>(_: Value.Type) -> Value? {
            try? JSONDecoder().decode(Wrapper<Value>.self, from: body).data
        }
        if type.hasPrefix("results.") { return data(ResultData.self).map { .result($0.outcome, $0.problem) } }
        switch JobEventName.allCases.first(where: { $0.messageType == type }) {
        case .jobStarted: return .started
        case .jobProgressed: return data(JobProgressed.self).map { .progressed($0) }
        case .jobPostponed: return data(JobDelayed.self).map { .postponed($0) }
        case .jobRetrying: return data(JobDelayed.self).map { .retrying($0) }
        case .jobFinished, .jobDied: return data(JobEnded.self).map { .ended($0) }
        case .tenantConnected: return data(TenantConnected.self).map { .connected($0) }
        case .tenantConnectionLost: return data(TenantConnectionLost.self).map { .connectionLost($0) }
        case .tenantDisconnected: return data(TenantDisconnected.self).map { .disconnected($0) }
        case .driftFound: return data(DriftFound.self).map { .drift($0) }
        case .tenantChanged: return data(TenantChanged.self).map { .changed($0.change) }
        case .messagePulled: return data(CopiesMoved.self).map { .pulled($0) }
        case .messageRestored: return data(CopiesMoved.self).map { .restored($0) }
        case .outboundConnectorEnabled: return data(OutboundConnectorEnabled.self).map { .outboundEnabled($0) }
        case .outboundConnectorDisabled: return data(OutboundConnectorDisabled.self).map { .outboundDisabled($0) }
        case .notificationRequested: return data(NotificationRequested.self).map { .notification($0) }
        case .directoryPage: return data(DirectoryPage.self).map { .directoryPage($0) }
        case .directoryHeld: return data(DirectoryHeld.self).map { .directoryHeld($0) }
        case nil: return .other(type)
        }
    }
}

extension JobNews.Kind {
    /// Whether it tells of something that went wrong, if only for a while.
    package var isFailure: Bool {
        switch self {
        case .retrying, .connectionLost: true
        case .ended(let ended): ended.outcome != .succeeded
        case .result(let outcome, _): outcome != .succeeded
        case .started, .progressed, .postponed, .changed, .pulled, .restored, .connected, .outboundEnabled,
            .outboundDisabled, .disconnected, .drift, .notification, .directoryPage, .directoryHeld, .other:
            false
        }
    }
}
