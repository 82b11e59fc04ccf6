import Foundation
import Simulator
import TestSupport
import Testing

@Suite("What goes wrong in mailboxes")
struct MailFaultTests {
    private static let move = "graph.messages.move"

    private func folder(of id: String, _ simulator: SimulatorServer) -> String? {
        simulator.mailbox(MailClient.first, tenant: Scenario.contosoID)?.items.first { $0.id == id }?.folder
    }

    /// Moves the one copy of the first mailbox to Archive while a fault is in force, alone or in a batch.
    private func moveAmid(
        _ fault: Fault,
        inBatch: Bool = false,
        _ body: (SimulatorServer, MailClient, String, JSONValue?) async throws -> Void
    ) async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            await simulator.add(FaultRule(route: MailFaultTests.move, fault: fault))
            if inBatch {
                let answer = try await mail.batch([mail.moveRequest("1", id, to: "archive")])
                #expect(answer.status == 200)
                try await body(simulator, mail, id, answer.responses["1"]?["status"])
            } else {
                let answer = try? await mail.move(id, to: "archive")
                try await body(simulator, mail, id, answer.map { .integer($0.status) })
            }
        }
    }

    @Test("A move that works may answer 500 or 504, alone and in a batch", arguments: [500, 504], [false, true])
    func ambiguous(_ status: Int, inBatch: Bool) async throws {
        var fault = Fault(.reply)
        fault.status = status
        fault.afterCommit = true
        try await moveAmid(fault, inBatch: inBatch) { simulator, _, id, answer in
            #expect(answer == .integer(status))
            #expect(folder(of: id, simulator) == "Archive")
            #expect(simulator.mailEffects().map(\.action) == [.moved])
        }
    }

    @Test("A move that is dropped works or does not; in a batch the gateway's timeout tells of it")
    func drops() async throws {
        for (kind, expected) in [(Fault.Kind.dropAfterCommit, "Archive"), (.dropBeforeCommit, "Inbox")] {
            for inBatch in [false, true] {
                try await moveAmid(Fault(kind), inBatch: inBatch) { simulator, _, id, answer in
                    #expect(answer == (inBatch ? 504 : nil))
                    #expect(folder(of: id, simulator) == expected)
                }
            }
        }
    }

    @Test("A move may leave a twin: behind with a new id, or ahead with the original still in its place")
    func twins() async throws {
        for (kind, expected) in [(Fault.Kind.twinBehind, "Archive"), (.twinAhead, "Inbox")] {
            try await moveAmid(Fault(kind)) { simulator, mail, id, answer in
                #expect(answer == 201)
                #expect(folder(of: id, simulator) == expected)
                let census = simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID)
                #expect(census.folders["Archive"] == 1)
                #expect(census.copies == 22)
                let found = try await mail.find()
                #expect(found.count == 2)
            }
        }
    }

    @Test("The user moves, edits or deletes between find and move, and the call meets what he did")
    func userActs() async throws {
        var edit = MailboxAction(.edit)
        edit.isRead = true
        for (action, status) in [
            (MailboxAction(.move, folder: "Clients/New"), 201), (edit, 201), (MailboxAction(.purge), 201),
        ] {
            var fault = Fault(.userActs)
            fault.userAction = action
            try await moveAmid(fault) { simulator, _, id, answer in
                #expect(answer == .integer(status))
                #expect(simulator.mailEffects().map(\.by) == ["user", Scenario.demoMailClientID])
                let report = try #require(simulator.mailbox(MailClient.first, tenant: Scenario.contosoID))
                #expect(report.items.map(\.isRead) == [action.action == .edit])
                #expect(report.folders.map(\.path) == (action.action == .move ? ["Clients", "Clients/New"] : []))
                #expect(report.items.map(\.id) == [id])
            }
        }
    }

    @Test("A folder that its owner purged is not found; one that he deleted lies in Deleted Items under the same id")
    func goneFolder() async throws {
        var delivery = ScenarioDelivery(Scenario.demoMessageID, members: ScenarioMembers(first: 1, last: 1))
        delivery.folder = "Clients/New"
        try await withSimulator(.mail([delivery])) { simulator in
            let mail = try await MailClient(simulator)
            let found = try #require(try await mail.find().first)
            let (id, folder) = (found["id"]?.text ?? "", found["parentFolderId"]?.text ?? "")
            #expect(try await mail.move(id, to: "archive").status == 201)
            func act(_ name: MailboxAction.Name, _ folder: String) async throws {
                try await simulator.perform(
                    MailboxAction(name, folder: folder),
                    on: MailClient.first,
                    tenant: Scenario.contosoID
                )
            }
            try await act(.deleteFolder, "Clients/New")
            #expect(try await mail.move(id, to: folder).status == 201)
            #expect(self.folder(of: id, simulator) == "Deleted Items/New")
            #expect(try await mail.move(id, to: "archive").status == 201)
            try await act(.purgeFolder, "deleteditems/New")
            let refused = try await mail.move(id, to: folder)
            #expect(refused.status == 404)
            #expect(refused.graphCode == "ErrorItemNotFound")
            #expect(self.folder(of: id, simulator) == "Archive")
            let error = await #expect(throws: SimulatorError.self) { try await act(.purgeFolder, "nowhere") }
            #expect(error?.code == .badControlRequest)
        }
    }

    @Test("Lists may lag: they show a moved copy where it was and a new folder not yet, reads by id tell the truth")
    func lag() async throws {
        var scenario = Scenario.plainMail
        scenario.delays.mailListSeconds = 30
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            let before = try #require(try await mail.find().first)
            let id = before["id"]?.text ?? ""
            let made = try await mail.call("POST", "mailFolders", body: ["displayName": "New"])
            let folder = made.json["id"]?.text ?? ""
            #expect(try await mail.move(id, to: folder).status == 201)
            #expect(try await mail.find().first?["parentFolderId"] == before["parentFolderId"])
            #expect(try await mail.call("GET", "mailFolders/\(folder)/messages").records.isEmpty)
            #expect(try await mail.call("GET", "mailFolders?$top=50").records.count == 8)
            let read = try await mail.call("GET", "messages/\(id)", headers: MailClient.immutable)
            #expect(read.json["parentFolderId"]?.text == folder)
            let again = try await mail.call("POST", "mailFolders", body: ["displayName": "New"])
            #expect(again.graphCode == "ErrorFolderExists")
            await simulator.advance(by: 31)
            #expect(try await mail.find().first?["parentFolderId"]?.text == folder)
            #expect(try await mail.call("GET", "mailFolders?$top=50").records.count == 9)
        }
    }

    @Test("What differs from the start is told item by item, and nothing once it is as it was")
    func differences() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            let path = "tenants/contoso.com/mail"
            #expect(try await mail.move(id, to: "archive").status == 201)
            let told = try await simulator.client.control("GET", "\(path)/differences").json.array
            #expect(told?.count == 1)
            #expect(told?.first?["before"]?.array?.first?["folder"] == "Inbox")
            #expect(told?.first?["after"]?.array?.first?["folder"] == "Archive")
            #expect(try await mail.move(id, to: "inbox").status == 201)
            #expect(simulator.mailDifferences(tenant: Scenario.contosoID).isEmpty)
            let edited = try await simulator.client.control(
                "POST",
                "\(path)/mailboxes/\(MailClient.first)/actions",
                body: ["action": "edit", "flagStatus": "flagged"]
            )
            #expect(edited.json["items"]?.array?.first?["flag"]?["flagStatus"] == "flagged")
            #expect(simulator.mailDifferences(tenant: Scenario.contosoID).count == 1)
            let query = "internetMessageID=\(encoded(Scenario.demoMessageID))"
            let census = try await simulator.client.control("GET", "\(path)/census?\(query)").json
            #expect(census["copies"] == 21)
            #expect(try await simulator.client.control("GET", "requests").json["graph.messages.move"] == 2)
            #expect(try await simulator.client.control("GET", "\(path)/mailboxes/nobody@contoso.com").status == 400)
        }
    }

    @Test("A full mailbox refuses what needs room, and nothing else")
    func full() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            var action = MailboxAction(.setState)
            action.state = ScenarioMailboxState(.full)
            try await simulator.perform(action, on: MailClient.first, tenant: Scenario.contosoID)
            let stamp: JSONValue = [
                "singleValueExtendedProperties": [
                    ["id": "String {11111111-2222-3333-4444-555555555555} Name X", "value": "1"]
                ]
            ]
            let path = "messages/\(id)"
            let refused = [
                try await mail.call("PATCH", path, body: stamp, headers: MailClient.immutable),
                try await mail.call("POST", "mailFolders", body: ["displayName": "New"]),
            ]
            #expect(refused.allSatisfy { $0.status == 507 && $0.graphCode == "ErrorQuotaExceeded" })
            let read = try await mail.call("PATCH", path, body: ["isRead": true], headers: MailClient.immutable)
            #expect(read.status == 200)
        }
    }

    @Test("A damaged copy is listed, and every call on it fails while others work")
    func damaged() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            var action = MailboxAction(.damage)
            action.id = id
            try await simulator.perform(action, on: MailClient.first, tenant: Scenario.contosoID)
            #expect(try await mail.find().first?["id"]?.text == id)
            let answers = [
                try await mail.call("GET", "messages/\(id)", headers: MailClient.immutable),
                try await mail.call("PATCH", "messages/\(id)", body: ["isRead": true], headers: MailClient.immutable),
                try await mail.move(id, to: "archive"),
            ]
            #expect(answers.allSatisfy { $0.status == 500 && $0.graphCode == "ErrorCorruptData" })
        }
    }
}
