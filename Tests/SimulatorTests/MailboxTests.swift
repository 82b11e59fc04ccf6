import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Mailboxes")
struct MailboxTests {
    private static let awkward = ["<a+b@x>", "<a&b=c#d%41@x>", "<it's@x>", "<ü/ñ@x>", "<a b@x>"]

    @Test("A Message-ID is found when it is encoded right, whatever is in it", arguments: awkward)
    func find(_ id: String) async throws {
        let delivery = ScenarioDelivery(id, members: ScenarioMembers(first: 1, last: 1))
        try await withSimulator(.mail([delivery])) { simulator in
            let mail = try await MailClient(simulator)
            let found = try await mail.find(id.replacing("'", with: "''"))
            #expect(found.count == 1)
            #expect(found.first?["internetMessageId"]?.text == id)
        }
    }

    @Test("A raw plus sign finds nothing and is reported; a raw ampersand breaks the query")
    func unencoded() async throws {
        let ids = ["<a+b@x>", "<a&b@x>"]
        let deliveries = ids.map { ScenarioDelivery($0, members: ScenarioMembers(first: 1, last: 1)) }
        try await withSimulator(.mail(deliveries)) { simulator in
            let mail = try await MailClient(simulator)
            let plus = try await mail.call("GET", "messages?$filter=internetMessageId%20eq%20'%3Ca+b@x%3E'")
            #expect(plus.status == 200)
            #expect(plus.records.isEmpty)
            #expect(await simulator.violations().map(\.kind) == [.unencodedMessageID])
            let ampersand = try await mail.call("GET", "messages?$filter=internetMessageId%20eq%20'%3Ca&b@x%3E'")
            #expect(ampersand.status == 400)
        }
    }

    @Test("Lists cover every visible folder, Deleted Items and Junk too, but neither hidden ones nor recoverable items")
    func covered() async throws {
        let folders = ["inbox", "Inbox/Bills", "deleteditems", "junkemail", "recoverableitemsdeletions", "syncissues"]
        let deliveries = folders.map { folder in
            var delivery = ScenarioDelivery("<one@x>", members: ScenarioMembers(first: 1, last: 1))
            delivery.folder = folder
            return delivery
        }
        var scenario = Scenario.mail(deliveries)
        for (covers, count) in [(false, 4), (true, 5)] {
            scenario.switches.listsCoverHiddenFolders = covers
            try await withSimulator(scenario) { simulator in
                let mail = try await MailClient(simulator)
                #expect(try await mail.find("<one@x>").count == count)
                let hidden = try await mail.call("GET", "mailFolders/syncissues/messages")
                #expect(hidden.records.count == 1)
            }
        }
    }

    @Test("Lists come ten to a page unless told otherwise, newest first, and their links go on")
    func pages() async throws {
        var delivery = ScenarioDelivery("<many@x>", members: ScenarioMembers(first: 1, last: 1))
        delivery.copies = 25
        try await withSimulator(.mail([delivery])) { simulator in
            let mail = try await MailClient(simulator)
            var ids: [String] = []
            var sizes: [Int] = []
            var next: String? = "messages?$select=id"
            while let link = next, sizes.count < 9 {
                let page = try await mail.call("GET", link, headers: MailClient.immutable)
                sizes.append(page.records.count)
                ids += page.records.compactMap { $0["id"]?.text }
                next = page.json["@odata.nextLink"]?.text
            }
            #expect(sizes == [10, 10, 5])
            #expect(Set(ids).count == 25)
            #expect(try await mail.call("GET", "messages?$top=1001").status == 400)
        }
    }

    @Test("Pages may be short: an empty one with nothing but a link, then one at a time")
    func shortPages() async throws {
        var scenario = Scenario.plainMail
        scenario.switches.mailPagesAreShort = true
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            for (list, count) in [("messages?$top=50", 1), ("mailFolders?$top=50", 8)] {
                var sizes: [Int] = []
                var next: String? = list
                while let link = next, sizes.count < 20 {
                    let page = try await mail.call("GET", link)
                    sizes.append(page.records.count)
                    next = page.json["@odata.nextLink"]?.text
                }
                #expect(sizes == [0] + Array(repeating: 1, count: count))
            }
        }
    }

    @Test("A move answers 201; the regular id dies with it and the immutable one goes on")
    func ids() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let regular = try #require(try await mail.find(headers: [:]).first?["id"]?.text)
            let immutable = try #require(try await mail.find().first?["id"]?.text)
            #expect(regular.hasSuffix("=") && immutable.hasSuffix("=") && regular != immutable)
            let moved = try await mail.move(regular, to: "junkemail", headers: [:])
            #expect(moved.status == 201)
            let newID = try #require(moved.json["id"]?.text)
            #expect(newID != regular)
            let again = try await mail.move(regular, to: "junkemail", headers: [:])
            #expect(again.graphCode == "ErrorItemNotFound")
            let junk = try await mail.call("GET", "mailFolders/junkemail")
            let read = try await mail.call("GET", "messages/\(immutable)", headers: MailClient.immutable)
            #expect(read.json["parentFolderId"] == junk.json["id"])
            #expect(read.header("preference-applied") == "IdType=\"ImmutableId\"")
            #expect(await simulator.violations().map(\.kind) == [.deadID])
            let effects = simulator.mailEffects(tenant: Scenario.contosoID)
            #expect(effects.map { "\($0.action) \($0.from ?? "") \($0.to ?? "")" } == ["moved Inbox Junk Email"])
        }
    }

    @Test("The two kinds of id do not mix, and neither does their case or their mailbox")
    func idKinds() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let regular = try #require(try await mail.find(headers: [:]).first?["id"]?.text)
            let immutable = try #require(try await mail.find().first?["id"]?.text)
            let mixed = try await mail.call("GET", "messages/\(immutable)")
            #expect(mixed.graphCode == "ErrorInvalidIdMalformed")
            let other = try await mail.call("GET", "messages/\(regular)", headers: MailClient.immutable)
            #expect(other.graphCode == "ErrorItemNotFound")
            #expect(await simulator.violations().map(\.kind) == [.wrongIDKind, .wrongIDKind])
            let swapped = String(immutable.prefix(20)) + String(immutable.dropFirst(20)).uppercased()
            let miswritten = try await mail.call("GET", "messages/\(swapped)", headers: MailClient.immutable)
            #expect(miswritten.graphCode == "ErrorInvalidIdMalformed")
            let unquoted = try await mail.call(
                "GET",
                "messages/\(immutable)",
                headers: ["Prefer": "IdType=ImmutableId"]
            )
            #expect(unquoted.status == 400)
            let stranger = try await MailClient(simulator, "user000002@contoso.com")
            let foreign = try await stranger.call("GET", "messages/\(immutable)", headers: MailClient.immutable)
            #expect(foreign.graphCode == "ErrorItemNotFound")
        }
    }

    @Test("Read state, flag, categories and extended properties are set, read back and survive a move")
    func update() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            let name = "String {\(MailClient.guid)} Name Job"
            let body: JSONValue = [
                "isRead": true, "flag": ["flagStatus": "flagged"], "categories": ["Red category"],
                "singleValueExtendedProperties": [["id": .text(name), "value": "one"]],
            ]
            let changed = try await mail.call("PATCH", "messages/\(id)", body: body, headers: MailClient.immutable)
            #expect(changed.status == 200)
            #expect(try await mail.move(id, to: "archive").status == 201)
            let plain = try await mail.call("GET", "messages/\(id)", headers: MailClient.immutable)
            #expect(plain.json["singleValueExtendedProperties"] == nil)
            #expect(plain.json["isRead"] == true)
            #expect(plain.json["flag"]?["flagStatus"] == "flagged")
            #expect(plain.json["categories"] == ["Red category"])
            let expand = "$expand=singleValueExtendedProperties($filter=\(encoded("id eq '\(name)'")))"
            let full = try await mail.call("GET", "messages/\(id)?\(expand)", headers: MailClient.immutable)
            #expect(full.json["singleValueExtendedProperties"]?.array?.first?["value"] == "one")
            let any = encoded("singleValueExtendedProperties/Any(ep: ep/id eq '\(name)' and ep/value eq 'one')")
            #expect(try await mail.call("GET", "mailFolders/archive/messages?$filter=\(any)").records.count == 1)
            let otherName = any.replacing("Job", with: "job")
            #expect(try await mail.call("GET", "messages?$filter=\(otherName)").records.isEmpty)
        }
    }

    @Test("What a message does not have, and a due date without a start, is refused")
    func badUpdates() async throws {
        let due: JSONValue = ["dateTime": "2026-12-01T00:00:00", "timeZone": "UTC"]
        let bad: [JSONValue] = [
            ["read": true], ["isRead": "yes"], ["flag": ["flagStatus": "maybe"]], ["categories": "Red"],
            ["flag": ["flagStatus": "flagged", "dueDateTime": due]],
            ["singleValueExtendedProperties": [["id": "String Job", "value": "one"]]],
        ]
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            for body in bad {
                let answer = try await mail.call("PATCH", "messages/\(id)", body: body, headers: MailClient.immutable)
                #expect(answer.status == 400, "\(body)")
            }
            #expect(simulator.mailEffects().isEmpty)
        }
    }

    @Test("A hidden folder is made once, told only to who asks, and a second one of its name is refused")
    func folders() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let body: JSONValue = ["displayName": "Quarantine", "isHidden": true]
            let made = try await mail.call("POST", "mailFolders", body: body)
            #expect(made.status == 201)
            let again = try await mail.call("POST", "mailFolders", body: ["displayName": "quarantine"])
            #expect(again.status == 409)
            #expect(again.graphCode == "ErrorFolderExists")
            let filter = "$filter=\(encoded("displayName eq 'Quarantine'"))"
            #expect(try await mail.call("GET", "mailFolders?\(filter)").records.isEmpty)
            let shown = try await mail.call("GET", "mailFolders?includeHiddenFolders=true&\(filter)").records
            #expect(shown.first?["id"] == made.json["id"])
            let id = try #require(made.json["id"]?.text)
            let child = try await mail.call("POST", "mailFolders/\(id)/childFolders", body: ["displayName": "2026"])
            #expect(child.json["parentFolderId"] == made.json["id"])
            #expect(try await mail.call("GET", "mailFolders/\(id)/childFolders").records.count == 1)
            let hidden = try await mail.call("PATCH", "mailFolders/\(id)", body: ["isHidden": false])
            #expect(hidden.status == 400)
            #expect(try await mail.call("DELETE", "mailFolders/\(id)").status == 204)
            #expect(try await mail.call("GET", "mailFolders/\(id)").graphCode == "ErrorItemNotFound")
            #expect(try await mail.call("GET", "mailFolders").records.count == 8)
        }
    }

    @Test("A user is found by id, sign-in name and any address; fifteen alternatives are the most")
    func users() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let users = simulator.addresses.graphURL + "/v1.0/users"
            let byName = try await mail.call("GET", "\(users)/user000007@contoso.com")
            let id = try #require(byName.json["id"]?.text)
            #expect(try await mail.call("GET", "\(users)/\(id)").json == byName.json)
            for address in ["SMTP:USER000007@contoso.com", "smtp:alias000007@contoso.com"] {
                let filter = encoded("proxyAddresses/any(x:x eq '\(address)')")
                let found = try await mail.call("GET", "\(users)?$filter=\(filter)&$select=id").records
                #expect(found.map { $0["id"]?.text } == [id])
            }
            let named = encoded(
                "proxyAddresses/any(p:p eq 'smtp:o''brien@contoso.com') or mail eq 'nobody@contoso.com'"
            )
            #expect(try await mail.call("GET", "\(users)?$filter=\(named)").records.count == 1)
            let many = encoded(Array(repeating: "mail eq 'a@b'", count: 16).joined(separator: " or "))
            #expect(try await mail.call("GET", "\(users)?$filter=\(many)").graphCode == "Request_UnsupportedQuery")
            let unknown = try await mail.call("GET", "\(users)/user000021@contoso.com")
            #expect(unknown.graphCode == "Request_ResourceNotFound")
        }
    }

    @Test("Without Mail.ReadWrite a mailbox stays closed, and that is reported")
    func permission() async throws {
        var scenario = Scenario.plainMail
        scenario.tenants[0].consents[Scenario.demoMailClientID] = ["User.Read.All"]
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            let answer = try await mail.call("GET", "messages")
            #expect(answer.status == 403)
            #expect(answer.graphCode == "ErrorAccessDenied")
            #expect(await simulator.violations().map(\.kind) == [.missingRole])
        }
    }

    static let states: [(ScenarioMailboxState.Name, Int, String?)] = [
        (.noLicence, 404, "MailboxNotEnabledForRESTAPI"), (.onPremises, 404, "MailboxNotEnabledForRESTAPI"),
        (.inactive, 404, "MailboxNotEnabledForRESTAPI"), (.softDeleted, 404, "ErrorInvalidUser"),
        (.blocked, 403, "ErrorAccessDenied"), (.broken, 500, "ErrorInternalServerError"),
        (.corrupt, 500, "ErrorCorruptData"), (.moving, 503, "ErrorMailboxMoveInProgress"), (.silent, 503, nil),
        (.staleByName, 503, "MailboxInfoStale"), (.full, 507, "ErrorQuotaExceeded"), (.normal, 201, nil),
        (.onHold, 201, nil), (.new, 404, "MailboxNotEnabledForRESTAPI"),
    ]

    @Test("Each state of a mailbox answers as the service does", arguments: states.indices)
    func state(_ index: Int) async throws {
        let (state, status, code) = MailboxTests.states[index]
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            var action = MailboxAction(.setState)
            action.state = ScenarioMailboxState(state)
            try await simulator.perform(action, on: MailClient.first, tenant: Scenario.contosoID)
            let answer = try await mail.move(id, to: "archive")
            #expect(answer.status == status)
            #expect(answer.graphCode == code)
            guard state == .staleByName else { return }
            let report = try #require(simulator.mailbox(MailClient.first, tenant: Scenario.contosoID))
            let byID = try await MailClient(simulator, report.id)
            #expect(try await byID.move(id, to: "archive").status == 201)
        }
    }

    @Test("A new mailbox comes some time after its user, whose age the directory tells")
    func new() async throws {
        var scenario = Scenario.plainMail
        scenario.clock = ClockSettings(kind: .virtual)
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator)
            func made() async throws -> Date {
                let url = "\(simulator.addresses.graphURL)/v1.0/users/\(mail.owner)?$select=id,createdDateTime"
                let user = try await mail.call("GET", url).json
                return try Date(try #require(user["createdDateTime"]?.text), strategy: .iso8601)
            }
            let now = await simulator.advance(by: 0)
            #expect(try await made() < now.addingTimeInterval(-86_400))
            var action = MailboxAction(.setState)
            action.state = ScenarioMailboxState(.new)
            try await simulator.perform(action, on: MailClient.first, tenant: Scenario.contosoID)
            #expect(abs(try await made().timeIntervalSince(now)) <= 1)
            await simulator.advance(by: 599)
            #expect(try await mail.call("GET", "messages").status == 404)
            await simulator.advance(by: 2)
            #expect(try await mail.call("GET", "messages").status == 200)
        }
    }

    @Test("A mailbox on hold keeps a version of what is moved or changed, where no list shows it")
    func hold() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let id = try #require(try await mail.find().first?["id"]?.text)
            var action = MailboxAction(.setState)
            action.state = ScenarioMailboxState(.onHold)
            try await simulator.perform(action, on: MailClient.first, tenant: Scenario.contosoID)
            #expect(try await mail.move(id, to: "archive").status == 201)
            let report = try #require(simulator.mailbox(MailClient.first, tenant: Scenario.contosoID))
            #expect(report.items.map(\.folder).sorted() == ["Archive", "Deletions"])
            #expect(try await mail.find().count == 1)
        }
    }

    @Test("A folder's extended properties are told to who asks for them, alone and in a list")
    func folderProperties() async throws {
        try await withSimulator(.plainMail) { simulator in
            let mail = try await MailClient(simulator)
            let property = "String {7d2f1c5e-94b0-4a6b-8d3e-51c0a7e4f816} Name Mark"
            let body: JSONValue = [
                "displayName": "Marked", "isHidden": true,
                "singleValueExtendedProperties": [["id": .text(property), "value": "1"]],
            ]
            let made = try await mail.call("POST", "mailFolders", body: body)
            let id = try #require(made.json["id"]?.text)
            let expand = "$expand=" + encoded("singleValueExtendedProperties($filter=id eq '\(property)')")
            let plain = try await mail.call("GET", "mailFolders/\(id)")
            #expect(plain.json["singleValueExtendedProperties"] == nil)
            let asked = try await mail.call("GET", "mailFolders/\(id)?\(expand)")
            #expect(asked.json["singleValueExtendedProperties"]?.array?.first?["value"]?.text == "1")
            let list = try await mail.call("GET", "mailFolders?includeHiddenFolders=true&$top=50&\(expand)")
            let marked = list.records.filter { $0["singleValueExtendedProperties"] != nil }
            #expect(marked.compactMap { $0["displayName"]?.text } == ["Marked"])
        }
    }

    @Test("Mailboxes are made when they are looked into, the same ones for the same seed")
    func lazy() async throws {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].mail.population = 100_000
        scenario.tenants[0].mail.deliveries[0].members = ScenarioMembers(first: 1, last: 100_000, step: 2)
        func look() async throws -> MailboxReport? {
            try await withSimulator(scenario) { $0.mailbox("user099999@contoso.com", tenant: Scenario.contosoID) }
        }
        let report = try #require(try await look())
        #expect((1...3).contains(report.items.count))
        #expect(try await look() == report)
        try await withSimulator(scenario) { simulator in
            let mail = try await MailClient(simulator, "user099999@contoso.com")
            #expect(try await mail.find().count == report.items.filter { $0.folder != "Deletions" }.count)
            let empty = try await MailClient(simulator, "user100000@contoso.com")
            #expect(try await empty.find().isEmpty)
            let missing = try await MailClient(simulator, "user100001@contoso.com")
            #expect(try await missing.call("GET", "messages").graphCode == "ErrorInvalidUser")
        }
    }
}
