import Testing

@testable import JobModel

@Suite("The list of job types")
struct JobTypeTests {
    @Test("An attempt is over before RabbitMQ gives its delivery to another", arguments: JobType.allCases)
    func staysUnderConsumerTimeout(type: JobType) {
        #expect(type.attemptLimit <= .seconds(20 * 60))
        #expect(type.attemptLimit < type.waitLimit)
        #expect(type.lanes >= 1)
    }

    @Test("Type strings name schema, job and version")
    func namesSchemas() {
        #expect(JobType.connectTenant.messageType == "jobs.connect-tenant.v1")
        #expect(JobType.connectTenant.resultType == "results.connect-tenant.v1")
    }

    @Test("A quick job changes no tenant, as its start is not on record", arguments: JobType.allCases)
    func quickChangesNothing(type: JobType) { #expect(!(type.isQuick && type.changesTenant)) }
}
