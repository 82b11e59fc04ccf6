import Foundation
import TestSupport
import Testing

@testable import JobModel

@Suite("Schemas, types and examples say the same")
struct SchemaContractTests {
    @Test("Every type of message has its schema, and every schema is a type of message or shared")
    func filesAreTypes() throws {
        let shared = ["definitions.v1", "envelope.v1", "problem.v1"]
        #expect(try Contract.schemaNames().sorted() == (Contract.messageTypes + shared).sorted())
    }

    @Test("Names agree with paths, schemas with their dialect, references with their targets")
    func schemasAreSound() async throws {
        let run = try await Repository.python(
            [Repository.url("schemas/validate.py").path, "--schemas"],
            needing: ["jsonschema", "referencing"]
        )
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test("The codes of problems, their titles, advice and retryability are those of the code")
    func codesAgree() throws {
        let schema = try Contract.schema("problem.v1.json")
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        let choices = try #require(properties["code"]?["oneOf"] as? [[String: String]])
        let expected = ProblemCode.allCases.map {
            ["const": $0.rawValue, "title": $0.title, "description": $0.advice]
        }
        #expect(choices == expected)
        let condition = try #require((schema["if"] as? [String: Any])?["properties"] as? [String: [String: [String]]])
        let retryable = ProblemCode.allCases.filter { $0.reaction == .retry }.map(\.rawValue)
        #expect(condition["code"]?["enum"] == retryable)
        #expect(properties["detail"]?["maxLength"] as? Int == Problem.detailLengthMax)
    }

    @Test("The page of problem codes is the program's own table")
    func pageAgrees() throws {
        let page = try String(contentsOf: Repository.url("schemas/problems.md"), encoding: .utf8)
        #expect(page == ProblemExplanation.page, "run `sluice explain --markdown > schemas/problems.md`")
    }

    @Test("The lists of values and the bounds in the schemas are those of the code")
    func listsAgree() throws {
        let shared = try #require(try Contract.schema("definitions.v1.json")["$defs"] as? [String: [String: Any]])
        #expect(shared["jobType"]?["enum"] as? [String] == JobType.allCases.map(\.rawValue))
        #expect(shared["outcome"]?["enum"] as? [String] == FinalOutcome.allCases.map(\.rawValue))
        #expect(shared["tenantObjectKind"]?["enum"] as? [String] == TenantObjectKind.allCases.map(\.rawValue))
        let change = try #require(shared["plannedChange"]?["properties"] as? [String: [String: Any]])
        #expect(change["action"]?["enum"] as? [String] == PlannedChange.Action.allCases.map(\.rawValue))
        #expect(shared["driftSubject"]?["enum"] as? [String] == DriftSubject.allCases.map(\.rawValue))
        #expect(shared["driftKind"]?["enum"] as? [String] == DriftKind.allCases.map(\.rawValue))
        let remains = try #require(shared["disconnectRemains"]?["properties"] as? [String: [String: Any]])
        #expect(remains["state"]?["enum"] as? [String] == DisconnectRemains.State.allCases.map(\.rawValue))
        let source = try #require(try Contract.schema("envelope.v1.json")["properties"] as? [String: [String: Any]])
        #expect(source["source"]?["maxLength"] as? Int == Envelope.attributeLengthMax)
        let definitions = try #require(
            try Contract.schema("jobs/connect-tenant.v1.json")["$defs"] as? [String: [String: Any]]
        )
        let data = try #require(definitions["data"]?["properties"] as? [String: [String: Any]])
        #expect(data["claimedDomains"]?["maxItems"] as? Int == ConnectTenant.claimedDomainsMax)
        #expect(data["notify"]?["maxItems"] as? Int == ConnectTenant.notifyMax)
    }

    @Test("The bounds of notifications in the schema are those of the code, and every template is named")
    func notificationsAgree() throws {
        let schema = try Contract.schema("events/notification.requested.v1.json")
        let data = try #require((schema["$defs"] as? [String: [String: Any]])?["data"]?["properties"] as? [String: Any])
        let recipients = try #require(data["recipients"] as? [String: Any])
        #expect(recipients["maxItems"] as? Int == NotificationRequested.recipientsMax)
        let values = try #require(data["values"] as? [String: Any])
        #expect(values["maxProperties"] as? Int == NotificationRequested.valuesMax)
        let shapes = try #require((values["additionalProperties"] as? [String: Any])?["oneOf"] as? [[String: Any]])
        #expect(shapes.map { $0["maxLength"] as? Int } == [NotificationValue.lengthMax, nil])
        #expect(shapes.map { $0["maxItems"] as? Int } == [nil, NotificationValue.entriesMax])
        let description = try #require((data["template"] as? [String: Any])?["description"] as? String)
        for template in NotificationTemplate.allCases { #expect(description.contains("`\(template.rawValue)`")) }
    }

    @Test("The bounds of verify-tenant and disconnect-tenant in the schemas are those of the code")
    func tenantJobsAgree() throws {
        let shared = try #require(try Contract.schema("definitions.v1.json")["$defs"] as? [String: [String: Any]])
        #expect(shared["findingID"]?["maxLength"] as? Int == VerifyTenant.findingIDLengthMax)
        let verify = try self.properties("jobs/verify-tenant.v1.json", "data")
        let choices = try #require(verify["repair"]?["oneOf"] as? [[String: Any]])
        #expect(choices.last?["maxItems"] as? Int == VerifyTenant.repairMax)
        #expect(verify["notify"]?["maxItems"] as? Int == VerifyTenant.notifyMax)
        let output = try self.properties("results/verify-tenant.v1.json", "output")
        #expect(output["connection"]?["enum"] as? [String] == ConnectionState.allCases.map(\.rawValue))
        let drift = try self.properties("events/drift.found.v1.json", "data")
        #expect(drift["findings"]?["maxItems"] as? Int == DriftFound.findingsMax)
        let disconnect = try self.properties("jobs/disconnect-tenant.v1.json", "data")
        #expect(disconnect["notify"]?["maxItems"] as? Int == DisconnectTenant.notifyMax)
        let force = try #require(disconnect["force"]?["properties"] as? [String: [String: Any]])
        #expect(force["reason"]?["maxLength"] as? Int == ForceReason.lengthMax)
    }

    private func properties(_ path: String, _ definition: String) throws -> [String: [String: Any]] {
        let definitions = try #require(try Contract.schema(path)["$defs"] as? [String: [String: Any]])
        return try #require(definitions[definition]?["properties"] as? [String: [String: Any]])
    }

    @Test("The lists and bounds of the outbound jobs in the schemas are those of the code")
    func outboundAgrees() throws {
        let shared = try #require(try Contract.schema("definitions.v1.json")["$defs"] as? [String: [String: Any]])
        #expect(shared["outboundGateState"]?["enum"] as? [String] == OutboundGateState.allCases.map(\.rawValue))
        let view = try #require(shared["spfView"]?["properties"] as? [String: [String: Any]])
        #expect(view["source"]?["enum"] as? [String] == SPFView.Source.allCases.map(\.rawValue))
        #expect(view["result"]?["enum"] as? [String] == SPFView.Result.allCases.map(\.rawValue))
        #expect(view["record"]?["maxLength"] as? Int == SPFView.textLengthMax)
        #expect(view["reason"]?["maxLength"] as? Int == SPFView.textLengthMax)
        let data = try self.properties("jobs/enable-outbound-connector.v1.json", "data")
        #expect(data["relayDomains"]?["maxItems"] as? Int == EnableOutboundConnector.relayDomainsMax)
        #expect(data["notify"]?["maxItems"] as? Int == EnableOutboundConnector.notifyMax)
        let disable = try self.properties("jobs/disable-outbound-connector.v1.json", "data")
        #expect(disable["notify"]?["maxItems"] as? Int == DisableOutboundConnector.notifyMax)
    }

    @Test("The bounds of no-op in the schemas are those of the code")
    func noOpAgrees() throws {
        let job = try #require(try Contract.schema("jobs/no-op.v1.json")["$defs"] as? [String: [String: Any]])
        let data = try #require(job["data"]?["properties"] as? [String: [String: Any]])
        #expect(data["size"]?["maximum"] as? Int == NoOp.sizeMax)
        #expect(data["milliseconds"]?["maximum"] as? Int == NoOp.millisecondsMax)
        let result = try #require(try Contract.schema("results/no-op.v1.json")["$defs"] as? [String: [String: Any]])
        let output = try #require(result["output"]?["properties"] as? [String: [String: Any]])
        #expect(output["filler"]?["maxLength"] as? Int == NoOp.sizeMax)
    }

    @Test("The lists and bounds of sync-directory and its pages in the schemas are those of the code")
    func directoryAgrees() throws {
        let shared = try #require(try Contract.schema("definitions.v1.json")["$defs"] as? [String: [String: Any]])
        let filters = try #require(shared["directoryFilters"]?["properties"] as? [String: [String: Any]])
        #expect(filters["users"]?["enum"] as? [String] == DirectoryFilters.Users.allCases.map(\.rawValue))
        #expect(filters["groups"]?["enum"] as? [String] == DirectoryFilters.Groups.allCases.map(\.rawValue))
        #expect(filters["domains"]?["maxItems"] as? Int == DirectoryFilters.domainsMax)
        #expect(shared["directoryState"]?["maxLength"] as? Int == SyncDirectory.stateLengthMax)
        let job = try #require(try Contract.schema("jobs/sync-directory.v1.json")["$defs"] as? [String: [String: Any]])
        let data = try #require(job["data"]?["properties"] as? [String: [String: Any]])
        #expect(data["notify"]?["maxItems"] as? Int == SyncDirectory.notifyMax)
        #expect(data["confirmRemovals"]?["maximum"] as? Int == SyncDirectory.removalsMax)
        let result = try #require(
            try Contract.schema("results/sync-directory.v1.json")["$defs"] as? [String: [String: Any]]
        )
        let output = try #require(result["output"]?["properties"] as? [String: [String: Any]])
        let reasons = SyncDirectoryOutput.FullReason.allCases.map(\.rawValue)
        #expect(output["full"]?["enum"] as? [String] == reasons)
        let page = try #require(
            try Contract.schema("events/directory.page.v1.json")["$defs"] as? [String: [String: Any]]
        )
        let members = try #require(page["members"]?["properties"] as? [String: [String: Any]])
        #expect(members["added"]?["maxItems"] as? Int == DirectoryPage.membersMax)
        let removed = try #require(page["removed"]?["properties"] as? [String: [String: Any]])
        #expect(removed["kind"]?["enum"] as? [String] == DirectoryKind.allCases.map(\.rawValue))
        #expect(removed["reason"]?["enum"] as? [String] == DirectoryRemoval.Reason.allCases.map(\.rawValue))
        let commit = try #require(page["commit"]?["properties"] as? [String: [String: Any]])
        #expect(commit["pages"]?["maxItems"] as? Int == DirectoryCommit.stretchesMax)
        let own = try #require(page["data"]?["properties"] as? [String: [String: Any]])
        #expect(own["changes"]?["maxItems"] as? Int == DirectoryPage.changesMax)
    }

    @Test("The lists and bounds of the message jobs in the schemas are those of the code")
    func messageJobsAgree() throws {
        let pull = try self.definitions("jobs/pull-message.v1.json")
        let data = try #require(pull["data"]?["properties"] as? [String: [String: Any]])
        #expect(data["targets"]?["maxItems"] as? Int == PullMessage.targetsMax)
        let restore = try self.definitions("jobs/restore-message.v1.json")
        let mailboxes = try #require(restore["data"]?["properties"] as? [String: [String: Any]])
        #expect(mailboxes["mailboxes"]?["maxItems"] as? Int == PullMessage.targetsMax)
        let shared = try #require(try Contract.schema("definitions.v1.json")["$defs"] as? [String: [String: Any]])
        #expect(shared["internetMessageID"]?["maxLength"] as? Int == PullMessage.internetMessageIDMax)
        #expect(shared["reason"]?["maxLength"] as? Int == PullMessage.reasonMax)
        #expect(shared["dispositionNote"]?["enum"] as? [String] == DispositionNote.allCases.map(\.rawValue))
        let moved = try #require(shared["copiesMoved"]?["properties"] as? [String: [String: Any]])
        #expect(moved["copies"]?["maxItems"] as? Int == CopiesMoved.copiesMax)
        try self.expect(PullDisposition.self, of: "results/pull-message.v1.json")
        try self.expect(RestoreDisposition.self, of: "results/restore-message.v1.json")
    }

    private func expect<D>(_: D.Type, of path: String) throws
    where D: CaseIterable & RawRepresentable<String> & Codable & Hashable & Sendable {
        let result = try self.definitions(path)
        let row = try #require(result["row"]?["properties"] as? [String: [String: Any]])
        #expect(row["disposition"]?["enum"] as? [String] == D.allCases.map(\.rawValue))
        let output = try #require(result["output"]?["properties"] as? [String: [String: Any]])
        #expect(output["totals"]?["required"] as? [String] == D.allCases.map(\.rawValue))
        #expect(output["dispositions"]?["maxItems"] as? Int == MessageOutput<D>.rowsMax)
        #expect(row["copies"]?["minimum"] as? Int == 2)
    }

    private func definitions(_ path: String) throws -> [String: [String: Any]] {
        try #require(try Contract.schema(path)["$defs"] as? [String: [String: Any]])
    }

    @Test("An event's schema says whether it is terminal", arguments: JobEventName.allCases)
    func terminalsAgree(name: JobEventName) throws {
        let schema = try Contract.schema("events/\(name.rawValue).v1.json")
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        let data = try #require(definitions["data"]?["properties"] as? [String: [String: Any]])
        #expect(data["terminal"]?["const"] as? Bool == name.isTerminal)
    }

    @Test("Every object is closed for writers, and every property is described")
    func objectsAreClosed() throws {
        for path in try Repository.files(under: "schemas") where path.hasSuffix(".json") && !path.contains("/examples/")
        {
            let schema = try Contract.schema(String(path.dropFirst("schemas/".count)))
            let gaps = SchemaReview.gaps(in: schema, at: path)
            #expect(gaps.isEmpty, "\(gaps.joined(separator: "\n"))")
        }
    }

    @Test("The review finds an open object and a property without description")
    func reviewCanFail() {
        let open: [String: Any] = ["type": "object", "properties": ["a": ["description": "x"]]]
        #expect(SchemaReview.gaps(in: open, at: "s").count == 1)
        let mute: [String: Any] = [
            "type": "object", "additionalProperties": false, "properties": ["a": ["type": "string"]],
        ]
        #expect(SchemaReview.gaps(in: mute, at: "s").count == 1)
    }
}

/// What every schema of ours must have.
private enum SchemaReview {
    static func gaps(in schema: Any, at place: String) -> [String] {
        if let array = schema as? [Any] { return array.flatMap { self.gaps(in: $0, at: place) } }
        guard let object = schema as? [String: Any] else { return [] }
        var gaps: [String] = []
        if object["type"] as? String == "object", let properties = object["properties"] as? [String: Any] {
            let isOpen = object["additionalProperties"] == nil && object["unevaluatedProperties"] == nil
            let isSaid = (object["$comment"] as? String)?.hasPrefix("Open: ") == true
            if isOpen, !isSaid { gaps.append("\(place): the object is open") }
            for (name, property) in properties where !self.isDescribed(property) {
                gaps.append("\(place).\(name): no description")
            }
        }
        return gaps + object.flatMap { self.gaps(in: $0.value, at: "\(place).\($0.key)") }
    }

    /// A constant speaks for itself, a reference has the description of what it leads to.
    private static func isDescribed(_ property: Any) -> Bool {
        guard let property = property as? [String: Any] else { return false }
        return ["description", "$ref", "const", "not"].contains { property[$0] != nil }
    }
}
