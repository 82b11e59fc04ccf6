import Foundation
import JobModel
import Simulator
import Synchronization
import TestSupport
import Testing

@testable import Executors

/// sync-directory against the bench's simulator.
extension Bench {
    /// The demo's tenant with a population, groups that nobody wrote down, and pages so small that everything has many.
    static func directoryScenario(population: Int, groups: Int = 0, membersPerGroup: Int = 0) -> Scenario {
        var scenario = Scenario.virtualDemo
        for index in scenario.tenants.indices where scenario.tenants[index].id == Scenario.contosoID {
            scenario.tenants[index].mail.population = population
            scenario.tenants[index].directory.groups = groups
            scenario.tenants[index].directory.membersPerGroup = membersPerGroup
        }
        return scenario
    }

    /// A payload as a console would send it.
    static func sync(state: String? = nil, _ members: String = "") throws -> SyncDirectory {
        let json =
            #"{"requestedBy":"admin@contoso.com","notify":["admin@contoso.com"]"#
            + (state.map { #","state":"\#($0)""# } ?? "") + (members.isEmpty ? "" : ",\(members)") + "}"
        return try SyncDirectory(data: Array(json.utf8))
    }

    /// Holds what a console made of the pages against the tenant's directory.
    func expect(_ copy: DirectoryCopy, _ filters: DirectoryFilters = .standard) async throws {
        let truth = try #require(await self.simulator.directory(tenant: Scenario.contosoID))
        let differences = copy.differences(from: truth, filters)
        #expect(differences.isEmpty, "\(differences.prefix(5).joined(separator: "\n"))")
    }

    /// Runs one attempt, perhaps on a worker that is set up otherwise; it is cut off right after the frame of that number, as
    /// a killed process would be.
    func attempt(
        _ payload: SyncDirectory,
        memo: String? = nil,
        killedAfter last: Int? = nil,
        settings: ExecutorSettings? = nil,
        limit: Duration = .seconds(900)
    ) async throws -> Attempt {
        let frames = Mutex<[ExecutorFrame]>([])
        let request = ExecutorRequest(
            job: JobID(UUID()),
            tenant: try required(TenantID(Scenario.contosoID)),
            attempt: 1,
            limit: limit,
            since: self.now,
            steps: memo,
            data: []
        )
        let context = ExecutorContext(request: request, logger: self.log.logger) { frame in
            let count = frames.withLock { frames in
                if let last, frames.count >= last { return last + 1 }
                frames.append(frame)
                return frames.count
            }
            if count == last { withUnsafeCurrentTask { $0?.cancel() } }
        }
        let settings = settings ?? self.settings
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await SyncDirectoryExecutor(settings: settings).run(payload, context) }
            let ended = await group.next() ?? .interrupted
            let all = frames.withLock { $0 }
            return Attempt(frames: all, outcome: last.map { all.count >= $0 } == true ? .interrupted : ended)
        }
    }

    /// Runs a job to its end, killed and waiting on the way; every page goes into the copy.
    ///
    /// `kills` says after how many frames the first attempts are killed, and whether the next one finds no memo, as on another
    /// host; `meanwhile` is what happens between two attempts.
    func sync(
        _ payload: SyncDirectory,
        into copy: inout DirectoryCopy,
        kills: [(after: Int, losesMemo: Bool)] = [],
        meanwhile: () async throws -> Void = {}
    ) async throws -> Attempt {
        let job = UUID().uuidString
        var memo: String?
        for index in 0..<Self.attemptsMax {
            let kill = index < kills.count ? kills[index] : nil
            let attempt = try await self.attempt(payload, memo: memo, killedAfter: kill?.after)
            for page in attempt.pages { copy.take(page, of: job) }
            try await meanwhile()
            memo = kill?.losesMemo == true ? nil : attempt.memo ?? memo
            switch attempt.outcome {
            case .interrupted: continue
            case .postponed(let pause, _): await self.pass(pause.inSeconds)
            case .failed(let problem, _) where problem.code.reaction == .retry: await self.pass(10)
            case .failed, .succeeded, .cancelled: return attempt
            }
        }
        throw Missing()
    }
}

extension Bench.Attempt {
    /// The directory pages that were sent.
    var pages: [DirectoryPage] { self.events(.directoryPage, as: DirectoryPage.self) }

    /// The events of one kind.
    func events<Members: Decodable>(_ name: JobEventName, as _: Members.Type) -> [Members] {
        self.frames.compactMap { frame in
            guard case .event(_, name.rawValue, let data) = frame else { return nil }
            return try? JSONDecoder().decode(Members.self, from: Data(data))
        }
    }

    func syncOutput() throws -> SyncDirectoryOutput {
        guard case .succeeded(let bytes) = self.outcome else { throw Bench.Unexpected(outcome: self.outcome) }
        return try JSONDecoder().decode(SyncDirectoryOutput.self, from: Data(bytes))
    }
}
