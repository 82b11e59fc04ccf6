import Foundation
import TestSupport
import Testing

@testable import JobModel

@Suite("What Swift writes is valid by the schemas")
struct EmittedMessagesTests {
    private static let time = Date(timeIntervalSince1970: 1_795_402_800.125)
    private static let problem = Problem(.connectorConflict, "The connector \"Old\nFilter\" sends all mail (*). 😀")
    private static let object = TenantObject(kind: .outboundConnector, name: "Gateway", id: "17", isEnabled: false)
    private static let change = PlannedChange(
        kind: .inboundConnector,
        name: "Gateway",
        action: .update,
        fields: [
            FieldChange(field: "Enabled", before: nil, after: "true"),
            FieldChange(field: "Comment", before: "", after: "\"a\"\nb"),
        ]
    )

    @Test("Results, events and jobs with a memo pass an independent validator", .timeLimit(.minutes(2)))
    func isValid() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try self.write(try self.messages(), into: folder)
        let faults = try await Contract.faults(in: files)
        #expect(faults.isEmpty, "\(faults.values.joined())")
    }

    @Test("The validator would have seen a member too many", .timeLimit(.minutes(2)))
    func validatorCanFail() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let event = self.event(.jobStarted, replay: 0, members: Array(#"{"mood":"good"}"#.utf8))
        let faults = try await Contract.faults(in: try self.write(["mood": event], into: folder))
        #expect(faults.values.first?.contains("mood") == true)
    }

    private func messages() throws -> [String: [UInt8]] {
        var messages: [String: [UInt8]] = [:]
        for replay in [0, 3] {
            for name in JobEventName.allCases {
                for (index, members) in try self.members(of: name).enumerated() {
                    messages["\(name.rawValue).\(index).\(replay)"] = self.event(name, replay: replay, members: members)
                }
            }
            for (index, output) in try self.outputs().enumerated() {
                messages["succeeded.\(index).\(replay)"] = try self.result(.succeeded, replay: replay, output: output)
            }
            for (index, (type, output)) in try OutboundSamples.outputs().enumerated() {
                messages["outbound.\(index).\(replay)"] = try self.result(
                    .succeeded,
                    of: type,
                    replay: replay,
                    output: output
                )
            }
            for (type, output) in try TenantJobSamples.outputs(changes: [Self.change]) {
                messages["\(type.rawValue).\(replay)"] = try self.result(
                    .succeeded,
                    of: type,
                    replay: replay,
                    output: output
                )
            }
            for size in [0, 3] {
                messages["no-op.\(size).\(replay)"] = try self.result(
                    .succeeded,
                    of: .noOp,
                    replay: replay,
                    output: NoOpOutput(size: size).json
                )
            }
            messages["sync-directory.\(replay)"] = try self.result(
                .succeeded,
                of: .syncDirectory,
                replay: replay,
                output: Array(try JSONEncoder().encode(DirectorySample.output))
            )
            for (name, message) in try MessageOutputSamples.results(replay: replay) { messages[name] = message }
            messages["cancelled.\(replay)"] = try self.result(.cancelled, replay: replay, output: nil)
        }
        for code in ProblemCode.allCases {
            messages["failed.\(code)"] = try self.result(
                .failed,
                replay: 0,
                output: nil,
                problem: Problem(code, String(repeating: "é", count: 1_200))
            )
        }
        let job = try Contract.Example(folder: JobType.connectTenant.messageType, name: "full.json").bytes()
        messages["job"] = try Envelope(job, from: .console).body(
            memo: Memo(round: 1, sequence: 0, since: nil, steps: nil)
        )
        messages["job.steps"] = try Envelope(job, from: .console).body(
            memo: Memo(round: 2, sequence: 7, since: Self.time, steps: "{\"done\":[\"a\\nb\"]}")
        )
        return messages
    }

    private func members(of name: JobEventName) throws -> [[UInt8]] {
        let encoder = JSONEncoder()
        func bytes(_ value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)) }
        return switch name {
        case .jobStarted: [Array("{}".utf8)]
        case .jobProgressed:
            [
                try bytes(JobProgressed(done: 0, total: 1, step: "reading \"domains\"")),
                try bytes(JobProgressed(done: 9, total: 9, step: "done")),
            ]
        case .jobPostponed, .jobRetrying:
            [
                try bytes(JobDelayed(delaySeconds: 1, problem: Problem(.throttled, ""))),
                try bytes(JobDelayed(delaySeconds: 131_071, problem: Self.problem)),
            ]
        case .jobFinished:
            [
                try bytes(JobEnded(outcome: .succeeded, problem: nil)),
                try bytes(JobEnded(outcome: .failed, problem: Self.problem)),
                try bytes(JobEnded(outcome: .cancelled, problem: Problem(.cancelled, "x"))),
            ]
        case .jobDied: [try bytes(JobEnded(outcome: .failed, problem: Self.problem))]
        case .tenantConnected:
            [
                try bytes(TenantConnected(customer: "Møbler", importedDomains: [], objects: [])),
                try bytes(TenantConnected(customer: "c", importedDomains: ["contoso.com"], objects: [Self.object])),
            ]
        case .tenantConnectionLost: [try bytes(TenantConnectionLost(customer: "Møbler", problem: Self.problem))]
        case .tenantDisconnected:
            [
                try bytes(TenantDisconnected(customer: "c", isComplete: false, remains: [], forcedBecause: nil)),
                try bytes(
                    TenantDisconnected(
                        customer: "c",
                        isComplete: true,
                        remains: TenantJobSamples.remains,
                        forcedBecause: "gone"
                    )
                ),
            ]
        case .driftFound: [try bytes(DriftFound(customer: "Møbler", findings: TenantJobSamples.findings))]
        case .tenantChanged: [try bytes(TenantChanged(change: Self.change))]
        case .messagePulled, .messageRestored: try MessageOutputSamples.events().map(bytes)
        case .outboundConnectorEnabled: try OutboundSamples.enabledEvents().map { try bytes($0) }
        case .outboundConnectorDisabled: try OutboundSamples.disabledEvents().map { try bytes($0) }
        case .notificationRequested:
            try NotificationContentTests.contents.map { content in
                try bytes(
                    NotificationRequested(
                        content,
                        recipients: ["a@contoso.com", "b@contoso.com", "a@contoso.com"],
                        customer: "Møbler",
                        language: "pt-BR"
                    )
                )
            }
        case .directoryPage: try DirectorySample.pages.map(bytes)
        case .directoryHeld: [try bytes(DirectorySample.held)]
        }
    }

    private func outputs() throws -> [[UInt8]] {
        let plan = ChangePlan(
            hash: "sha256:" + String(repeating: "0f", count: 32),
            changes: [Self.change],
            unknown: [UnknownState(kind: .bypassRule, reason: "Exchange refused to say.")]
        )
        let bare = ConnectTenantOutput(
            dryRun: true,
            plan: ChangePlan(hash: plan.hash, changes: [], unknown: []),
            changes: [],
            domains: [],
            objects: [],
            directory: nil,
            baseline: nil,
            warnings: []
        )
        let domains = [
            TenantDomain(
                name: "contoso.com",
                isVerified: true,
                isInitial: false,
                isDefault: true,
                acceptedType: "Authoritative",
                mailExchange: "contoso-com.mail.protection.outlook.com",
                currentMailExchanges: ["mx1.gateway.example", "mx2.gateway.example"],
                isImported: true,
                isRelayEnabled: false
            ),
            TenantDomain(
                name: "contoso.onmicrosoft.com",
                isVerified: false,
                isInitial: true,
                isDefault: false,
                acceptedType: nil,
                mailExchange: nil,
                currentMailExchanges: nil,
                isImported: false,
                isRelayEnabled: false
            ),
        ]
        let objects = TenantObjectKind.allCases.map { TenantObject(kind: $0, name: "n", id: "i", isEnabled: true) }
        let full = ConnectTenantOutput(
            dryRun: false,
            plan: plan,
            changes: [Self.change],
            domains: domains,
            objects: objects,
            directory: DirectoryAccess(users: true, groups: false, filters: .standard),
            baseline: [TenantJobSamples.baseline],
            warnings: ["A domain is not verified."]
        )
        return [Array(try JSONEncoder().encode(bare)), Array(try JSONEncoder().encode(full))]
    }

    private func run(_ type: JobType = .connectTenant, replay: Int) -> JobRun {
        JobRun(job: JobID(UUID()), type: type, tenant: TenantID(UUID()), replay: replay)
    }

    private func event(_ name: JobEventName, replay: Int, members: [UInt8]) -> [UInt8] {
        JobMessages(worker: "worker-1", teller: replay == 0 ? "0a1b2c3d" : nil).event(
            name,
            of: self.run(replay: replay),
            sequence: 1,
            attempt: 1,
            time: Self.time,
            members: members
        )
    }

    private func result(
        _ outcome: FinalOutcome,
        of type: JobType = .connectTenant,
        replay: Int,
        output: [UInt8]?,
        problem: Problem = Self.problem
    ) throws -> [UInt8] {
        try JobMessages(worker: "worker-1").result(
            of: self.run(type, replay: replay),
            outcome: outcome,
            attempt: 2,
            startedAt: Self.time,
            finishedAt: Self.time,
            output: output,
            problem: outcome == .succeeded ? nil : problem
        )
    }

    private func write(_ messages: [String: [UInt8]], into folder: URL) throws -> [String] {
        try messages.map { name, body in
            let file = folder.appending(path: "\(name).json")
            try Data(body).write(to: file)
            return file.path
        }
    }
}
