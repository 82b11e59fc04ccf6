import JobModel
import Microsoft365

/// Where a copy goes back to.
struct RestorePlace: Equatable {
    /// The folder.
    let id: String
    /// Its path, when it is not the folder that the copy was pulled from.
    let path: String?
    let note: DispositionNote?
    /// Whether the copy's own folder could neither be found nor made again.
    let isElsewhere: Bool
}

/// Finds the folders of one mailbox that copies go back to, and makes again those that are gone.
///
/// A folder that its owner renamed or moved is the same folder. One that its owner threw into Deleted Items counts as gone,
/// unless the copy was pulled from there.
struct RestorePlaces {
    /// The longest path that a result tells.
    private static let pathMax = 400

    let room: MailboxRoom
    let root: String?
    private var deletedItems: String?
    private var known: [String: MailFolder?] = [:]
    private var places: [String: RestorePlace] = [:]

    /// `folders` are those at the top, as they were just listed.
    init(room: MailboxRoom, folders: MailboxFolders) {
        self.room = room
        self.root = folders.root
        for folder in folders.top { self.known[folder.id] = .some(folder) }
    }

    /// Keeps only the folders that copies of those origins come from: a mailbox may have hundreds.
    mutating func limit(to origins: [CopyStamp.Origin]) {
        let ways = Set(origins.flatMap(\.path).map(\.id))
        self.known = self.known.filter { ways.contains($0.key) }
    }

    /// Asks again where a copy of that origin goes: the place was gone when it was to be moved there.
    mutating func forget(_ origin: CopyStamp.Origin) {
        self.places[origin.folder] = nil
        self.known = [:]
    }

    /// The place for a copy of that origin.
    mutating func place(for origin: CopyStamp.Origin) async throws(MailboxTrouble) -> RestorePlace {
        if let place = self.places[origin.folder] { return place }
        let place = try await self.find(origin)
        self.places[origin.folder] = place
        return place
    }

    private mutating func find(_ origin: CopyStamp.Origin) async throws(MailboxTrouble) -> RestorePlace {
        let isThere = try await self.folder(origin.folder) != nil
        if isThere {
            guard try await self.isDiscarded(origin) else {
                return RestorePlace(id: origin.folder, path: nil, note: nil, isElsewhere: false)
            }
        }
        return try await self.remake(origin, note: isThere ? .folderDiscarded : .folderRemade)
    }

    /// A folder as it was read last; nil when there is none.
    mutating func folder(_ id: String) async throws(MailboxTrouble) -> MailFolder? {
        if let known = self.known[id] { return known }
        let folder = try await self.room.folder(id)
        self.known[id] = .some(folder)
        return folder
    }

    /// Whether the folder lies in Deleted Items now and did not then.
    private mutating func isDiscarded(_ origin: CopyStamp.Origin) async throws(MailboxTrouble) -> Bool {
        guard let folder = try await self.folder(origin.folder), folder.parentID != self.root else { return false }
        guard let trash = try await self.trash(), !origin.path.contains(where: { $0.id == trash }) else { return false }
        return try await self.lies(folder, in: trash)
    }

    private mutating func lies(_ folder: MailFolder, in trash: String) async throws(MailboxTrouble) -> Bool {
        var next = folder.id == trash ? trash : folder.parentID
        for _ in 0..<MailboxFolders.depthMax {
            guard let id = next, id != self.root else { return false }
            if id == trash { return true }
            guard let above = try await self.folder(id), above.parentID != id else { return false }
            next = above.parentID
        }
        return false
    }

    private mutating func trash() async throws(MailboxTrouble) -> String? {
        if let deletedItems { return deletedItems }
        self.deletedItems = try await self.room.folder("deleteditems")?.id
        return self.deletedItems
    }

    /// Makes the path again below the nearest folder of it that is left; where that fails, this folder has to do.
    private mutating func remake(
        _ origin: CopyStamp.Origin,
        note: DispositionNote
    ) async throws(MailboxTrouble) -> RestorePlace {
        let kept = try await self.nearest(origin)
        var parent = kept?.folder.id
        var names = kept.map { origin.path[..<$0.depth].map(\.name) + [$0.folder.name] } ?? []
        for step in origin.path.dropFirst(kept.map { $0.depth + 1 } ?? 0) {
            guard !step.name.isEmpty, let made = try await self.made(step.name, in: parent) else {
                return try await self.elsewhere(parent, names, note)
            }
            parent = made.id
            names.append(made.name)
        }
        guard let parent else { return try await self.elsewhere(nil, [], note) }
        return RestorePlace(id: parent, path: Self.path(names), note: note, isElsewhere: false)
    }

    /// The deepest folder above the lost one that is there and not thrown away.
    private mutating func nearest(
        _ origin: CopyStamp.Origin
    ) async throws(MailboxTrouble) -> (folder: MailFolder, depth: Int)? {
        let trash = try await self.trash()
        for (depth, step) in origin.path.enumerated().dropLast().reversed() {
            guard let folder = try await self.folder(step.id) else { continue }
            if let trash, try await self.lies(folder, in: trash), !origin.path.contains(where: { $0.id == trash }) {
                continue
            }
            return (folder, depth)
        }
        return nil
    }

    /// The folder of that name, made when there is none; nil when the service will not make it.
    private func made(_ name: String, in parent: String?) async throws(MailboxTrouble) -> MailFolder? {
        do throws(MailboxTrouble) {
            if let folder = try await self.room.makeFolder(name, in: parent) { return folder }
        } catch {
            guard case .transient(let cause) = error, cause.code == .invalidRequest || cause.code == .notFound else {
                throw error
            }
            return nil
        }
        // It may have been made: the copy stays in quarantine, where it is safe, until that is clear.
        throw .transient(Microsoft365Error(.unavailable, operation: "mail.makeFolder", isRetryable: true))
    }

    private mutating func elsewhere(
        _ parent: String?,
        _ names: [String],
        _ note: DispositionNote
    ) async throws(MailboxTrouble) -> RestorePlace {
        if let parent { return RestorePlace(id: parent, path: Self.path(names), note: note, isElsewhere: true) }
        guard let inbox = try await self.room.folder("inbox") else {
            throw .transient(Microsoft365Error(.notFound, operation: "mail.folder", isRetryable: true))
        }
        return RestorePlace(id: inbox.id, path: inbox.name, note: note, isElsewhere: true)
    }

    private static func path(_ names: [String]) -> String { String(names.joined(separator: "/").prefix(self.pathMax)) }
}
