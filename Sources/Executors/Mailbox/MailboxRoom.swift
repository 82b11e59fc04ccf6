import JobModel
import Microsoft365

/// One mailbox as a message job works in it: every call with its errors judged.
///
/// Throws `MailboxTrouble` alone.
struct MailboxRoom: Sendable {
    let mail: Mail
    let user: String

    /// How a change or a move ended, as far as its answer tells.
    enum Effect: Equatable {
        /// The service says it is done; still to be read.
        case done
        /// The answer is lost: it may have been done.
        case open
        /// Somebody else was quicker, or the item is gone: nothing was done, and it has to be read anew.
        case overtaken
        /// The service will not do it, for good.
        case refused(DispositionNote)
    }

    /// What a look at one copy showed.
    enum Look: Equatable {
        case seen(MailFinding<MailCopy>)
        case gone
        /// It is there, and the service cannot read it.
        case refused(DispositionNote)
    }

    func copies(
        of internetMessageID: String,
        in folder: String? = nil,
        max: Int = Mail.copiesMax + 1
    ) async throws(MailboxTrouble) -> MailFinding<[MailCopy]> {
        try await self.judged { () async throws(Microsoft365Error) in
            try await self.mail.copies(
                of: internetMessageID,
                in: self.user,
                folder: folder,
                max: max,
                properties: CopyStamp.properties
            )
        }
    }

    func copies(
        marked property: String,
        as value: String,
        in folder: String? = nil,
        max: Int = Mail.copiesMax + 1
    ) async throws(MailboxTrouble) -> MailFinding<[MailCopy]> {
        try await self.judged { () async throws(Microsoft365Error) in
            try await self.mail.copies(
                marked: property,
                as: value,
                in: self.user,
                folder: folder,
                max: max,
                properties: CopyStamp.properties
            )
        }
    }

    /// Looks at a copy as it is now.
    func look(at id: String) async throws(MailboxTrouble) -> Look {
        do throws(MailboxTrouble) {
            let seen = try await self.judged { () async throws(Microsoft365Error) in
                try await self.mail.copy(id, in: self.user, properties: CopyStamp.properties)
            }
            return seen.map { .seen($0) } ?? .gone
        } catch {
            guard case .refused(let note) = error else { throw error }
            return .refused(note)
        }
    }

    func folders() async throws(MailboxTrouble) -> MailboxFolders {
        let top = try await self.judged { () async throws(Microsoft365Error) in
            try await self.mail.topFolders(of: self.user)
        }
        return MailboxFolders(top: top.value)
    }

    func folders(in parent: String) async throws(MailboxTrouble) -> [MailFolder] {
        try await self.judged { () async throws(Microsoft365Error) in
            try await self.mail.folders(in: parent, of: self.user).value
        }
    }

    /// The copies that a call finds in the quarantine; nil when somebody has deleted that folder.
    func held(
        _ call: () async throws(MailboxTrouble) -> MailFinding<[MailCopy]>
    ) async throws(MailboxTrouble) -> MailFinding<[MailCopy]>? {
        do throws(MailboxTrouble) {
            return try await call()
        } catch {
            guard case .transient(let cause) = error, cause.isItemGone else { throw error }
            return nil
        }
    }

    func folder(_ id: String) async throws(MailboxTrouble) -> MailFolder? {
        try await self.judged { () async throws(Microsoft365Error) in try await self.mail.folder(id, of: self.user) }
    }

    /// Writes a stamp, and what else is to be set, over the state that was read.
    func change(_ copy: MailCopy, _ change: MailChange) async throws(MailboxTrouble) -> Effect {
        try await self.effect { () async throws(Microsoft365Error) in
            _ = try await self.mail.change(copy.id, in: self.user, change, ifStill: copy.tag)
        }
    }

    /// Puts right what moving changed; where there is no room to write that down, without a word.
    func repair(_ copy: MailCopy, _ change: MailChange) async throws(MailboxTrouble) -> Effect {
        let effect = try await self.change(copy, change)
        guard effect == .refused(.mailboxFull) else { return effect }
        var wordless = change
        wordless.properties = [:]
        return try await self.change(copy, wordless)
    }

    /// Moves a copy out of the folder that it was seen in; one that somebody has put elsewhere since is not found there.
    ///
    /// That it is not found may also be said of a move that was carried out, so the effect is then open.
    func move(_ copy: MailCopy, to folder: String) async throws(MailboxTrouble) -> Effect {
        let effect = try await self.effect { () async throws(Microsoft365Error) in
            _ = try await self.mail.move(copy.id, from: copy.folderID, in: self.user, to: folder)
        }
        return effect == .overtaken ? .open : effect
    }

    /// Makes a folder, or finds the one that somebody else made meanwhile; nil while lists do not show it yet.
    func makeFolder(
        _ name: String,
        isQuarantine: Bool = false,
        in parent: String?
    ) async throws(MailboxTrouble) -> MailFolder? {
        do throws(Microsoft365Error) {
            return try await self.mail.makeFolder(name, isQuarantine: isQuarantine, in: parent, of: self.user)
        } catch {
            let mayBeThere = error.code == .alreadyExists || error.leavesEffectOpen
            guard mayBeThere, error.refusal == nil else { throw MailboxTrouble(error) }
        }
        let siblings: [MailFolder] =
            if let parent {
                try await self.folders(in: parent)
            } else {
                try await self.judged { () async throws(Microsoft365Error) in
                    try await self.mail.topFolders(of: self.user).value
                }
            }
        return siblings.first { $0.name.lowercased() == name.lowercased() }
    }

    private func effect(
        _ call: () async throws(Microsoft365Error) -> Void
    ) async throws(MailboxTrouble) -> Effect {
        do throws(Microsoft365Error) {
            try await call()
            return .done
        } catch {
            if let refusal = error.refusal { return .refused(refusal) }
            if error.isOutdated || error.isItemGone { return .overtaken }
            if error.leavesEffectOpen { return .open }
            throw MailboxTrouble(error)
        }
    }

    private func judged<Value>(
        _ call: () async throws(Microsoft365Error) -> Value
    ) async throws(MailboxTrouble) -> Value {
        do throws(Microsoft365Error) {
            return try await call()
        } catch {
            throw MailboxTrouble(error)
        }
    }

    /// What a call gave or threw, for calls that run at once.
    static func result<Value: Sendable>(
        _ body: () async throws(MailboxTrouble) -> Value
    ) async -> Result<Value, MailboxTrouble> {
        do throws(MailboxTrouble) { return .success(try await body()) } catch { return .failure(error) }
    }
}
