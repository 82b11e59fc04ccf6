import Foundation
import JobModel
import Testing

@testable import Executors
@testable import Microsoft365

@Suite("The parts that decide for pull and restore")
struct MessagePartsTests {
    static func copy(
        _ id: String,
        in folder: String,
        stamp: CopyStamp? = nil,
        isRead: Bool = false,
        categories: [String] = []
    ) throws -> MailCopy {
        let properties = try stamp?.properties() ?? [:]
        return try #require(
            MailCopy(
                .object([
                    "id": .string(id), "parentFolderId": .string(folder), "subject": "Invoice", "isRead": .bool(isRead),
                    "from": .object(["emailAddress": .object(["address": "Sender@Mail.example"])]),
                    "receivedDateTime": "2026-11-20T08:00:00Z", "flag": .object(["flagStatus": "flagged"]),
                    "categories": .array(categories.map { .string($0) }),
                    "singleValueExtendedProperties": .array(
                        properties.map {
                            .object(["id": .string(MailProperty.id($0.key)), "value": .string($0.value)])
                        }
                    ),
                ])
            )
        )
    }

    static func stamp(_ job: JobID, copy: String, folder: String = "inbox") -> CopyStamp {
        CopyStamp(
            job: job,
            campaign: "c1",
            origin: CopyStamp.Origin(
                copy: copy,
                path: [FolderName(id: folder, name: "Posteingang")],
                isRead: false,
                flag: .object(["flagStatus": "flagged"]),
                categories: []
            )
        )
    }

    private static func look(_ copies: [MailCopy]) -> MailFinding<[MailCopy]> {
        MailFinding(copies, MailEvidence(at: Date(timeIntervalSince1970: 0), requestID: "r"))
    }

    @Test("A stamp is read back as it was written, its restore mark with it")
    func stamps() throws {
        var stamp = Self.stamp(JobID(UUID()), copy: "x")
        var mark = CopyStamp.RestoreMark(job: JobID(UUID()), folder: "AAMk=")
        stamp.restore = mark
        #expect(CopyStamp(try stamp.properties()) == stamp)
        (mark.note, mark.isElsewhere, mark.kept, mark.path) = (
            .folderRemade, true, ["isRead", "flag"], "Clients/The 2nd"
        )
        stamp.restore = mark
        #expect(CopyStamp(try stamp.properties()) == stamp)
        #expect(CopyStamp.RestoreMark("\(mark.job) AAMk=") == CopyStamp.RestoreMark(job: mark.job, folder: "AAMk="))
        #expect(CopyStamp(["PullJob": "no", "Origin": "{}"]) == nil)
    }

    @Test("A copy made beside the one that was stamped is its twin, wherever it lies")
    func findsTwins() throws {
        let job = JobID(UUID())
        let first = try Self.copy("x", in: "q", stamp: Self.stamp(job, copy: "x"))
        let behind = try Self.copy("y", in: "inbox", stamp: Self.stamp(job, copy: "x"))
        let view = QuarantineView([Self.look([first, behind])], quarantine: "q")
        #expect(view.isTwin(behind) && !view.isTwin(first))
        let ahead = try Self.copy("z", in: "q", stamp: Self.stamp(job, copy: "w"))
        let original = try Self.copy("w", in: "inbox", stamp: Self.stamp(job, copy: "w"))
        #expect(QuarantineView([Self.look([ahead, original])], quarantine: "q").isTwin(ahead))
        // An owner's copy bears the stamp that the first one had before.
        var history = Self.stamp(JobID(UUID()), copy: "x")
        let theirs = try Self.copy("y", in: "inbox", stamp: history)
        #expect(!QuarantineView([Self.look([first, theirs])], quarantine: "q").isTwin(theirs))
        history.restore = CopyStamp.RestoreMark(job: job, folder: "inbox")
        let both = try ["x", "y"].map { try Self.copy($0, in: "inbox", stamp: history) }
        #expect(!QuarantineView([Self.look(both)], quarantine: "q").isTwin(both[1]))
        // The first is gone: what is left of it counts, once.
        let alone = QuarantineView([Self.look([ahead])], quarantine: "q")
        #expect(!alone.isTwin(ahead) && alone.held.count == 1)
    }

    @Test("Of a mailbox's folders those are kept that are of use, and all while a way is not known")
    func keepsFolders() throws {
        func folder(_ id: String, in parent: String) throws -> MailFolder {
            let text =
                #"{"id":"\#(id)","displayName":"\#(id)","parentFolderId":"\#(parent)","#
                + #""isHidden":\#(id == MailboxFolders.quarantineName)}"#
            return try required(JSONValue(parsing: Data(text.utf8)).flatMap(MailFolder.init))
        }
        var folders = MailboxFolders(
            top: [
                try folder("inbox", in: "root"), try folder("clients", in: "root"),
                try folder(MailboxFolders.quarantineName, in: "root"), try folder("other", in: "root"),
            ]
        )
        #expect(folders.brief(for: ["deep"]) == folders)
        folders.learn(try folder("deep", in: "clients"))
        let brief = folders.brief(for: ["deep"])
        #expect(Set(brief.top.map(\.id)) == ["clients", MailboxFolders.quarantineName])
        #expect(brief.path(of: "deep")?.map(\.name) == ["clients", "deep"])
        #expect(brief.source == .list && brief.quarantine != nil)
    }

    @Test("What a group of copies needs follows from where its members are")
    func needs() throws {
        let (job, other) = (JobID(UUID()), JobID(UUID()))
        func need(_ copies: [MailCopy]) -> RestoreView.Need? {
            RestoreView(job: job, [Self.look(copies)], quarantines: ["q"]).need(of: "x")
        }
        func stamp(_ restorer: JobID?, to folder: String = "inbox") -> CopyStamp {
            var stamp = Self.stamp(other, copy: "x")
            stamp.restore = restorer.map { CopyStamp.RestoreMark(job: $0, folder: folder) }
            return stamp
        }
        #expect(need([try Self.copy("x", in: "q", stamp: stamp(nil))]) == .restore("x"))
        #expect(need([try Self.copy("x", in: "inbox", stamp: stamp(job))]) == .restored("x"))
        #expect(need([try Self.copy("x", in: "new", stamp: stamp(job, to: "new"))]) == .restored("x"))
        #expect(need([try Self.copy("x", in: "inbox", stamp: stamp(other))]) == .inPlace("x"))
        #expect(need([try Self.copy("x", in: "inbox", stamp: stamp(nil))]) == .inPlace("x"))
        #expect(need([try Self.copy("x", in: "mine", stamp: stamp(job))]) == .elsewhere("x"))
        #expect(need([try Self.copy("x", in: "mine")]) == nil)
        // A second item that went ahead does not stand for the one that was pulled.
        let ahead = try Self.copy("y", in: "inbox", stamp: stamp(job))
        #expect(need([ahead, try Self.copy("x", in: "q", stamp: stamp(job))]) == .restore("x"))
        #expect(need([ahead]) == .restored("y"))
        // A copy that its owner made of the first, when that had been restored before.
        let theirs = try Self.copy("y", in: "inbox", stamp: Self.stamp(JobID(UUID()), copy: "x"))
        #expect(need([theirs, try Self.copy("x", in: "q", stamp: stamp(nil))]) == .restore("x"))
        #expect(
            need([try Self.copy("y", in: "q", stamp: stamp(nil)), try Self.copy("z", in: "q", stamp: stamp(nil))])
                == .restore("y")
        )
    }

    @Test("What moving changed is named, and what the service does not say is not compared")
    func differs() throws {
        let origin = Self.stamp(JobID(UUID()), copy: "x").origin
        #expect(try Self.copy("x", in: "q").difference(from: origin) == nil)
        let change = try Self.copy("x", in: "q", isRead: true, categories: ["a"]).difference(from: origin)
        #expect(change?.isRead == false && change?.categories == [] && change?.flag == nil)
    }

    @Test("Rows come back from a memo as they were, but for folders, and a thousand fit")
    func remembersRows() throws {
        let mailboxes = (0..<1_000).map { "user\($0)@contoso.com" }
        let rows = mailboxes.indices.map { index in
            var row = CopyDisposition(
                target: index,
                mailbox: mailboxes[index],
                mailboxID: UUID().uuidString.lowercased(),
                disposition: RestoreDisposition.restored
            )
            row.copyID = String(repeating: "A", count: 120) + "="
            row.note = .folderRemade
            row.folder = "Posteingang/Kunden, alt; 100%"
            row.kept = ["isRead", "flag"]
            row.before = MailboxRead(at: Date(timeIntervalSince1970: 1), requestID: UUID().uuidString, folderID: nil)
            row.after = MailboxRead(at: Date(timeIntervalSince1970: 2), requestID: nil, folderID: nil)
            return row
        }
        let text = SettledRows.text(rows, bytesMax: MessageMemo.settledBytesMax)
        #expect(SettledRows.rows(text, mailboxes: mailboxes) == rows)
        #expect(text.utf8.count < MessageMemo.settledBytesMax)
        // Twice escaped, as a memo travels, it does not grow.
        #expect(!text.contains("\"") && !text.contains("\\"))
        let short = SettledRows.text(rows, bytesMax: 100_000)
        let abridged: [CopyDisposition<RestoreDisposition>] = SettledRows.rows(short, mailboxes: mailboxes)
        #expect(abridged.count == 1_000 && abridged[0].before == nil && abridged[0].copyID == nil)
    }

    @Test(
        "A row whose numbers are no places is left out, and a note of no place is the nearest",
        arguments: [
            ("0,0,-1", true), ("0,0,-9223372036854775808", true), ("0,0,9223372036854775807", true),
            ("-1,0,0", false), ("0,-1,0", false), ("0,99,0", false), ("9223372036854775807,0,0", false),
            ("99999999999999999999,0,0", false),
        ]
    )
    func readsHostileRows(head: String, isRow: Bool) {
        let rows: [CopyDisposition<PullDisposition>] = SettledRows.rows(
            "\(head),,,,,,,,",
            mailboxes: ["a@contoso.com"]
        )
        #expect(rows.count == (isRow ? 1 : 0))
    }

    @Test("A memo whose dates are out of bounds is no memo; doubt about targets that the job has not is passed over")
    func refusesMemos() throws {
        var memo = MessageMemo()
        memo.leave([0], at: Date(timeIntervalSince1970: 1))
        memo.doubtful = [0, 0, -1, .max]
        let text = try memo.text()
        #expect(MessageMemo(text: text)?.inDoubt(of: 0..<2, settled: []) == [0, 0])
        #expect(text.contains("1000"), "\(text)")
        for date in ["1e300", "-1e300", "253402300800000"] {
            #expect(MessageMemo(text: text.replacing("1000", with: date)) == nil)
        }
    }

    @Test("A result of the most rows at their longest fits a message, and says what it left out")
    func boundsResults() throws {
        let address =
            String(repeating: "a", count: 64) + "@" + String(repeating: "b", count: 61) + "."
            + String(repeating: "c", count: 191)
        let rows = (0..<PullMessageOutput.copiesMax).map { index in
            var row = CopyDisposition(
                target: index % 1_000,
                mailbox: address,
                mailboxID: UUID().uuidString,
                disposition: PullDisposition.mailboxUnavailable
            )
            row.copyID = String(repeating: "A", count: 400)
            row.note = .differsFromOthers
            row.before = MailboxRead(
                at: Date(),
                requestID: UUID().uuidString,
                folderID: String(repeating: "F", count: 400)
            )
            row.after = row.before
            return row
        }
        let bytes = try MessageResult.output(rows, targets: 1_000, dryRun: false, isAbridged: false)
        #expect(bytes.count <= MessageResult.bytesMax)
        let output = try JSONDecoder().decode(PullMessageOutput.self, from: Data(bytes))
        #expect(output.isAbridged && output.dispositions.count == rows.count)
        #expect(output.totals["mailbox-unavailable"] == rows.count)
        let few = try MessageResult.output(Array(rows.prefix(100)), targets: 1_000, dryRun: false, isAbridged: false)
        #expect(try JSONDecoder().decode(PullMessageOutput.self, from: Data(few)).isAbridged == false)
    }

    @Test("A restore of more copies than a message has room for folds them by mailbox and disposition, and counts all")
    func foldsResults() throws {
        let rows = (0..<20_000).map { index in
            let target = MailboxTarget(index: index % 1_000, mailbox: MailBench.member(index % 1_000), userID: nil)
            let isBack = index < 19_000
            return target.row("copy\(index)", isBack ? RestoreDisposition.restored : .movedByUser)
        }
        let bytes = try MessageResult.output(rows, targets: 1_000, dryRun: false, isAbridged: false)
        #expect(bytes.count <= MessageResult.bytesMax)
        let output = try JSONDecoder().decode(RestoreMessageOutput.self, from: Data(bytes))
        #expect(output.isAbridged && output.dispositions.count == 2_000)
        #expect(output.totals["restored"] == 19_000 && output.totals["moved-by-user"] == 1_000)
        #expect(output.dispositions.reduce(0) { $0 + ($1.copies ?? 1) } == rows.count)
        #expect(output.dispositions.prefix(2).map(\.copies) == [19, nil])
        #expect(output.dispositions.prefix(2).map(\.target) == [0, 0])
    }

    @Test("The gate opens for one message, and for nothing else")
    func opensTheGate() {
        let (one, two) = (CopyPrint(sender: "a", subjectHash: "1"), CopyPrint(sender: "a", subjectHash: "2"))
        func verdict(
            settled: Int = 0,
            unknown: Int = 0,
            copies: Int,
            _ prints: [CopyPrint: Int]
        ) -> AgreementGate.Verdict {
            AgreementGate.verdict(
                expected: 3,
                settled: settled,
                unknown: unknown,
                copies: copies,
                copiesMax: 10,
                prints: prints
            )
        }
        func code(_ verdict: AgreementGate.Verdict) -> ProblemCode? {
            if case .refused(let problem) = verdict { problem.code } else { nil }
        }
        #expect(verdict(copies: 3, [one: 3]) == .go(one))
        #expect(verdict(copies: 0, [:]) == .go(nil))
        #expect(verdict(unknown: 2, copies: 1, [one: 1]) == .go(one))
        #expect(code(verdict(unknown: 3, copies: 0, [:])) == .mailboxesUnknown)
        #expect(verdict(settled: 1, unknown: 3, copies: 0, [:]) == .go(nil))
        #expect(code(verdict(copies: 3, [one: 2, two: 1])) == .selectorTooBroad)
        #expect(code(verdict(copies: 11, [one: 11])) == .capExceeded)
    }

    @Test("Who comes to the gate when the others have gone on may bring what there is still room for")
    func boundsTheLate() async {
        let print = CopyPrint(sender: "a", subjectHash: "1")
        let gate = AgreementGate(expected: 3, settled: 5, copiesMax: 30, agreed: print)
        #expect(await gate.bring([print], copies: 20) == .go(print))
        #expect(await gate.bring([print], copies: 11) == .full)
        #expect(await gate.bring([print], copies: 10) == .go(print))
        #expect(await gate.refusal == nil)
    }

    @Test("What is left is come back for while it is young and the job may wait, and at once when time alone was short")
    func boundsWhatIsLeft() {
        func error(_ code: Microsoft365Error.Code, _ asked: Duration? = nil) -> Microsoft365Error {
            Microsoft365Error(code, operation: "o", retryAfter: asked)
        }
        func waiting(
            _ left: [(Microsoft365Error?, TimeInterval)],
            jobAge: TimeInterval = 7_200
        ) -> (places: [Int], pause: Duration) {
            LeftPolicy(jobAge: jobAge, waitLimit: .seconds(14_000), firstPause: .seconds(15))
                .waiting(left.map { (error: $0.0, age: $0.1) })
        }
        let slow = waiting([(error(.unavailable), 1_201), (error(.unavailable), 60), (error(.throttled), 3_000)])
        #expect(slow.places == [1, 2] && slow.pause == .seconds(300))
        #expect(waiting([(error(.unavailable), 60)]).pause == .seconds(60))
        #expect(waiting([(error(.unavailable), 0)]).pause == .seconds(15))
        #expect(waiting([(nil, 0), (error(.unavailable), 600)]).pause == .seconds(15))
        #expect(waiting([(error(.throttled, .seconds(400)), 0), (nil, 0)]).pause == .seconds(400))
        #expect(waiting([(nil, 0)], jobAge: 13_986).places.isEmpty)
        #expect(waiting([(nil, 0)], jobAge: 13_985).places == [0])
    }

    @Test("A list's own names, other tenants' and doubles are told apart")
    func sortsTargets() throws {
        let anna = try #require(
            MailUser(
                .object([
                    "id": "8C1F7A52-0D5E-4B7A-9F0C-2A6D1E3B4C5D", "userPrincipalName": "anna@contoso.com",
                    "proxyAddresses": .array(["SMTP:Anna@contoso.com", "smtp:a@contoso.com", "sip:x@contoso.com"]),
                ])
            )
        )
        let guest = try #require(
            MailUser(.object(["id": "5b2e9d10-7a4c-4f61-8e3b-9c0d1f2a3b4c", "userType": "Guest"]))
        )
        let users = ["anna@contoso.com": anna, "a@contoso.com": anna, "g@other.example": guest]
        let list = TargetList(
            mailboxes: ["Anna@contoso.com", "nobody@contoso.com", "x@fabrikam.com", "g@other.example"],
            users: users,
            domains: ["contoso.com"]
        )
        #expect(list.targets.map(\.userID) == [anna.id, nil, nil, guest.id])
        #expect(list.foreign.map(\.index) == [2, 3])
        let double = TargetList(mailboxes: ["a@contoso.com", anna.id.uppercased()], users: users, domains: nil).double
        #expect(double?.first == 0 && double?.second == 1)
        #expect(anna.addresses == ["anna@contoso.com", "a@contoso.com"])
        // What may not be read is not held against anybody.
        #expect(TargetList(mailboxes: ["x@fabrikam.com"], users: [:], domains: nil).foreign.isEmpty)
    }
}
