import Foundation
import TestSupport
import Testing

@testable import JobModel

@Suite("The examples beside the schemas are what they say")
struct SchemaExamplesTests {
    private static let examples = Result { try Contract.examples() }

    @Test("Every type has a valid, an invalid and a tolerated example, and every folder is a type")
    func areComplete() throws {
        let folders = Dictionary(grouping: try Self.examples.get(), by: \.folder)
        #expect(Set(folders.keys) == Set(Contract.messageTypes + [Contract.brokenFolder]))
        for type in Contract.messageTypes {
            let examples = folders[type] ?? []
            #expect(examples.contains { $0.isInvalid }, "\(type) has no invalid example")
            #expect(examples.contains { $0.isTolerated }, "\(type) has no tolerated example")
            #expect(examples.contains { !$0.isInvalid && !$0.isTolerated }, "\(type) has no valid example")
            #expect(
                Set(try Contract.expectations(of: type).keys) == Set(examples.filter(\.isInvalid).map(\.name)),
                "invalid.json of \(type) lists other files than there are"
            )
        }
    }

    @Test("An independent validator takes the valid ones and refuses all others, naming the member")
    func agreeWithSchemas() async throws {
        let examples = try Self.examples.get().filter { $0.folder != Contract.brokenFolder }
        let faults = try await Contract.faults(in: examples.map { Repository.url($0.path).path })
        for example in examples {
            let found = faults[Repository.url(example.path).path] ?? ""
            #expect(found.isEmpty != (example.isInvalid || example.isTolerated), "\(example.label): \(found)")
            if example.isInvalid, let names = try Contract.expectations(of: example.folder)[example.name]?.names {
                #expect(found.contains(names), "\(example.label) should name \(names): \(found)")
            }
        }
    }

    @Test("A worker takes what is valid or has members it does not know")
    func areRead() throws {
        for example in try Self.examples.get() where example.isJob && !example.isInvalid {
            let problem = Contract.read(try example.bytes())
            #expect(problem == nil, "\(example.label): \(problem?.description ?? "")")
        }
    }

    @Test("A worker refuses what is invalid with its code, naming the member")
    func areRefused() throws {
        let folders = JobType.allCases.map(\.messageType) + [Contract.brokenFolder]
        for folder in folders {
            for (name, expectation) in try Contract.expectations(of: folder) {
                let problem = Contract.read(try Contract.Example(folder: folder, name: name).bytes())
                #expect(problem?.code == expectation.code, "\(folder)/\(name): \(problem?.description ?? "taken")")
                #expect(
                    problem?.detail.contains(expectation.names) == true,
                    "\(folder)/\(name) should name \(expectation.names): \(problem?.detail ?? "taken")"
                )
            }
        }
    }

    @Test("The validator refuses the broken bodies too")
    func brokenAreRefused() async throws {
        let broken = try Self.examples.get().filter { $0.folder == Contract.brokenFolder }
        #expect(Set(try Contract.expectations(of: Contract.brokenFolder).keys) == Set(broken.map(\.name)))
        let faults = try await Contract.faults(in: broken.map { Repository.url($0.path).path })
        for example in broken {
            #expect(faults[Repository.url(example.path).path] != nil, "\(example.name) was taken")
        }
    }

    @Test("Results and events in the examples are read by the types that write them")
    func messagesAreRead() throws {
        for example in try Self.examples.get() where !example.isJob && example.folder != Contract.brokenFolder {
            guard !example.isInvalid, example.folder != ControlOrder.messageType else { continue }
            let scan = try JSONScan(try example.bytes())
            let data = Data(try #require(scan.raw("data")))
            if let name = JobEventName.allCases.first(where: { $0.messageType == example.folder }) {
                try self.decode(name, data)
            } else {
                switch JobType.allCases.first(where: { $0.resultType == example.folder }) {
                case .connectTenant: try self.decodeResult(ConnectTenantOutput.self, data)
                case .enableOutboundConnector: try self.decodeResult(EnableOutboundConnectorOutput.self, data)
                case .disableOutboundConnector: try self.decodeResult(DisableOutboundConnectorOutput.self, data)
                case .verifyTenant: try self.decodeResult(VerifyTenantOutput.self, data)
                case .disconnectTenant: try self.decodeResult(DisconnectTenantOutput.self, data)
                case .noOp: try self.decodeResult(NoOpOutput.self, data)
                case .pullMessage: try self.decodeResult(PullMessageOutput.self, data)
                case .restoreMessage: try self.decodeResult(RestoreMessageOutput.self, data)
                case .syncDirectory: try self.decodeResult(SyncDirectoryOutput.self, data)
                case nil: Issue.record("\(example.folder) is no type of result")
                }
            }
        }
    }

    private func decode(_ name: JobEventName, _ data: Data) throws {
        let decoder = JSONDecoder()
        switch name {
        case .jobStarted: break
        case .jobProgressed: _ = try decoder.decode(JobProgressed.self, from: data)
        case .jobPostponed, .jobRetrying: _ = try decoder.decode(JobDelayed.self, from: data)
        case .jobFinished, .jobDied: _ = try decoder.decode(JobEnded.self, from: data)
        case .tenantConnected: _ = try decoder.decode(TenantConnected.self, from: data)
        case .tenantConnectionLost: _ = try decoder.decode(TenantConnectionLost.self, from: data)
        case .tenantDisconnected: _ = try decoder.decode(TenantDisconnected.self, from: data)
        case .driftFound: _ = try decoder.decode(DriftFound.self, from: data)
        case .tenantChanged: _ = try decoder.decode(TenantChanged.self, from: data)
        case .messagePulled, .messageRestored: _ = try decoder.decode(CopiesMoved.self, from: data)
        case .outboundConnectorEnabled: _ = try decoder.decode(OutboundConnectorEnabled.self, from: data)
        case .outboundConnectorDisabled: _ = try decoder.decode(OutboundConnectorDisabled.self, from: data)
        case .notificationRequested: #expect(try NotificationRequested(data: data).violation() == nil)
        case .directoryPage: _ = try decoder.decode(DirectoryPage.self, from: data)
        case .directoryHeld: _ = try decoder.decode(DirectoryHeld.self, from: data)
        }
    }

    private struct DecodedResult<Output: Decodable>: Decodable {
        let outcome: FinalOutcome
        let output: Output?
        let problem: Problem?
    }

    private func decodeResult<Output: Decodable>(_: Output.Type, _ data: Data) throws {
        let result = try JSONDecoder().decode(DecodedResult<Output>.self, from: data)
        // What was called off may give an account, where its schema allows it.
        #expect(result.outcome == .cancelled || (result.output != nil) == (result.outcome == .succeeded))
        #expect((result.problem == nil) == (result.outcome == .succeeded))
    }
}
