import Foundation
import JobModel
import SystemPackage
import Testing

@testable import WorkerRuntime

@Suite("One executor process")
struct ExecutorProcessTests {
    /// As every program with executors does: a pipe whose reader died is an error, not the end.
    init() { signal(SIGPIPE, SIG_IGN) }

    private static let request = ExecutorRequest(
        job: JobID(UUID()),
        tenant: TenantID(UUID()),
        attempt: 1,
        limit: .seconds(60),
        since: Date(),
        steps: nil,
        data: Array("{}".utf8)[...]
    )

    @Test("Without descriptors it takes its jobs to the grave, takes none afterwards, and keeps no pipe")
    func noDescriptors() async throws {
        var ends: [FileDescriptor] = []
        let process = ExecutorProcess(
            command: ExecutorCommand(executable: "/usr/bin/true", arguments: [], environment: [:]),
            jobsMax: 10,
            frames: BatchCount(),
            log: { _ in },
            pipe: {
                guard ends.count < 3 else { throw Errno.tooManyOpenFiles }
                let pipe = try FileDescriptor.pipe()
                ends.append(try pipe.readEnd.duplicate())
                return pipe
            }
        )
        let replies = try #require(await process.start(Self.request))
        await process.run()
        var death: ExecutorDeath?
        for await case .died(let end) in replies { death = end }
        guard case .failed(let problem, nil) = death?.outcome(for: Self.request.job) else {
            Issue.record("the job did not fail: \(death as Any)")
            return
        }
        #expect(problem.code == .executorUnavailable)
        #expect(await process.start(Self.request) == nil)
        // A pipe is at its end once nobody has its other side any more; it would be empty and open otherwise.
        for end in ends {
            #expect(fcntl(end.rawValue, F_SETFL, O_NONBLOCK) == 0)
            var byte: [UInt8] = [0]
            #expect(try byte.withUnsafeMutableBytes { try end.read(into: $0) } == 0)
            try end.close()
        }
    }
}
