import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

/// sync-directory on the road.
extension Road {
    /// The demo's tenant with users and groups that nobody wrote down.
    static func directoryScenario(
        population: Int,
        groups: Int,
        membersPerGroup: Int,
        _ change: (inout ScenarioDirectory) -> Void = { _ in }
    ) -> Scenario {
        var scenario = Scenario.demo
        for index in scenario.tenants.indices where scenario.tenants[index].id == Scenario.contosoID {
            scenario.tenants[index].mail.population = population
            scenario.tenants[index].directory.groups = groups
            scenario.tenants[index].directory.membersPerGroup = membersPerGroup
            change(&scenario.tenants[index].directory)
        }
        return scenario
    }

    /// Sends a sync-directory job as a console would; `members` are further ones of its data.
    func sync(state: String?, _ members: String = "") async throws -> JobID {
        let json =
            #"{"requestedBy":"admin@contoso.com","notify":["admin@contoso.com"]"#
            + (state.map { #","state":"\#($0)""# } ?? "") + (members.isEmpty ? "" : ",\(members)") + "}"
        return try await self.send(.syncDirectory, Scenario.contosoID, data: json)
    }

    /// A copy that a console makes of nothing but the pages heard so far: each twice, and all of them once more.
    func directoryCopy() -> DirectoryCopy {
        var copy = DirectoryCopy()
        let pages = self.directoryPages()
        for (job, page) in pages {
            copy.take(page, of: job)
            copy.take(page, of: job)
        }
        for (job, page) in pages { copy.take(page, of: job) }
        return copy
    }

    /// The pages heard so far with their jobs, in their order; a message that came twice is there twice.
    func directoryPages() -> [(job: String, page: DirectoryPage)] {
        self.messages(in: JobTopology.consoleEvents).compactMap { message in
            guard let news = JobNews(message), case .directoryPage(let page) = news.kind else { return nil }
            return (news.job, page)
        }
    }

    /// What the result of a job says.
    func syncOutput(of job: JobID) throws -> SyncDirectoryOutput {
        struct Result: Decodable { let data: Data }
        struct Data: Decodable { let output: SyncDirectoryOutput }
        let message = try #require(
            self.messages(in: JobTopology.consoleResults).first { $0.properties.correlationID == job.description }
        )
        return try JSONDecoder().decode(Result.self, from: Foundation.Data(message.body)).data.output
    }

    /// What of the copy is not as the tenant is.
    func differences(_ filters: DirectoryFilters = .standard) async throws -> [String] {
        let truth = try #require(await self.simulator.directory(tenant: Scenario.contosoID))
        return self.directoryCopy().differences(from: truth, filters)
    }
}

extension JobNews {
    /// Whether it is the terminal event.
    var isEnd: Bool { if case .ended = self.kind { true } else { false } }

    /// Whether people are to be told something.
    var isNotification: Bool { if case .notification = self.kind { true } else { false } }
}
