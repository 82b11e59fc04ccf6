import Foundation
import Testing

@testable import Executors
@testable import Microsoft365

@Suite("What is remembered of mailboxes' folders")
struct FolderMemoryTests {
    private static let tenant = UUID()
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func folders(quarantine: Bool = true) throws -> MailboxFolders {
        let folder = try #require(
            MailFolder(
                .object([
                    "id": "q", "displayName": .string(quarantine ? MailboxFolders.quarantineName : "Inbox"),
                    "parentFolderId": "root", "isHidden": .bool(quarantine),
                ])
            )
        )
        return MailboxFolders(top: [folder])
    }

    @Test("A mailbox is remembered for half an hour, by its tenant, and only with a quarantine")
    func remembers() throws {
        let (memory, folders, tenant) = (FolderMemory(), try Self.folders(), Self.tenant)
        memory.keep(folders, of: "a", in: tenant, now: Self.start)
        #expect(memory.folders(of: "a", in: tenant, now: Self.start) == folders.remembered(asOld: false))
        #expect(memory.folders(of: "a", in: tenant, now: Self.start + 1_799) == folders.remembered(asOld: true))
        #expect(memory.folders(of: "a", in: tenant, now: Self.start + 1_800) == nil)
        #expect(memory.folders(of: "a", in: UUID(), now: Self.start) == nil)
        memory.keep(try Self.folders(quarantine: false), of: "a", in: tenant, now: Self.start)
        #expect(memory.folders(of: "a", in: tenant, now: Self.start) == nil)
    }

    @Test("A quarantine is used unseen for five minutes after it was seen; using it makes nothing younger")
    func trusts() throws {
        let (memory, tenant) = (FolderMemory(), Self.tenant)
        memory.keep(try Self.folders(), of: "a", in: tenant, now: Self.start)
        func source(at seconds: Double) -> MailboxFolders.Source? {
            memory.folders(of: "a", in: tenant, now: Self.start + seconds)?.source
        }
        #expect(source(at: 299) == .memory)
        let used = try #require(memory.folders(of: "a", in: tenant, now: Self.start + 299))
        memory.keep(used, of: "a", in: tenant, now: Self.start + 299)
        #expect(source(at: 300) == .oldMemory)
        var seen = try #require(memory.folders(of: "a", in: tenant, now: Self.start + 1_000))
        seen.confirm()
        memory.keep(seen, of: "a", in: tenant, now: Self.start + 1_000)
        #expect(source(at: 1_299) == .memory && source(at: 1_300) == .oldMemory)
        // The names are as old as the list of folders is.
        #expect(source(at: 1_799) == .oldMemory && source(at: 1_800) == nil)
    }

    @Test("What was seen at a time still to come is not trusted, and what was listed then is not known")
    func clockSetBack() throws {
        let (memory, tenant) = (FolderMemory(), Self.tenant)
        memory.keep(try Self.folders(), of: "a", in: tenant, now: Self.start)
        var seen = try #require(memory.folders(of: "a", in: tenant, now: Self.start + 1_000))
        seen.confirm()
        memory.keep(seen, of: "a", in: tenant, now: Self.start + 1_000)
        #expect(memory.folders(of: "a", in: tenant, now: Self.start + 999)?.source == .oldMemory)
        #expect(memory.folders(of: "a", in: tenant, now: Self.start - 1) == nil)
    }

    @Test("When there is no more room the older half goes, and a mailbox that is there already takes none")
    func makesRoom() throws {
        let (memory, folders, tenant) = (FolderMemory(), try Self.folders(), Self.tenant)
        let max = FolderMemory.mailboxesMax
        for number in 0..<max {
            memory.keep(folders, of: "\(number)", in: tenant, now: Self.start + Double(number) / 100)
        }
        let now = Self.start + Double(max) / 100
        memory.keep(folders, of: "0", in: tenant, now: now)
        #expect(memory.folders(of: "1", in: tenant, now: now) != nil)
        memory.keep(folders, of: "new", in: tenant, now: now)
        for gone in [1, max / 2 - 1] { #expect(memory.folders(of: "\(gone)", in: tenant, now: now) == nil) }
        for kept in ["0", "new", "\(max / 2 + 2)", "\(max - 1)"] {
            #expect(memory.folders(of: kept, in: tenant, now: now) != nil)
        }
    }
}
