import JobModel
import Microsoft365

/// The objects in Exchange Online: recognised by marker, made or mended, read back field by field.
extension TenantChanging {
    /// Brings one object to what is wanted, whatever an earlier attempt has left.
    @discardableResult
    mutating func converge<Kind: ExchangeKind>(_ kind: Kind) async throws -> Kind.Object {
        let object: Kind.Object
        if let ours = try await self.ours(kind) {
            object = try await self.mend(kind, ours)
        } else {
            object = try await self.make(kind)
        }
        self.objects.append(kind.tenantObject(object))
        return object
    }

    /// Our object as it is now.
    ///
    /// Nil means that there is none; one that this job has made and cannot see yet is waited for.
    func ours<Kind: ExchangeKind>(_ kind: Kind) async throws -> Kind.Object? {
        if let ours = try await self.ownership(kind).settled() { return ours }
        guard let guid = self.memo.guids[kind.kind.rawValue] else { return nil }
        return try await self.visible(kind, guid)
    }

    /// All objects of a kind as they are now, told apart.
    func ownership<Kind: ExchangeKind>(_ kind: Kind) async throws -> Ownership<Kind> {
        Ownership(kind, try await kind.list(), gateway: self.settings.gateway, known: self.memo.guids)
    }

    /// The object of that identity; a wait when it does not show.
    ///
    /// An object that was made is never made again for that.
    private func visible<Kind: ExchangeKind>(_ kind: Kind, _ identity: String) async throws -> Kind.Object {
        guard let object = try await kind.find(identity) else {
            throw Waiting(
                for: .visibility,
                Problem(.propagationTimeout, "The \(kind.kind.words) \(identity) was made and does not show yet.")
            )
        }
        return object
    }
}

// MARK: - Making

extension TenantChanging {
    private mutating func make<Kind: ExchangeKind>(_ kind: Kind) async throws -> Kind.Object {
        self.intend(kind.creation)
        var identity = kind.name
        do {
            let comment = kind.markedComment(applying: [:], to: nil, self.stamp())
            identity = try await kind.make(kind.with(comment: comment, in: kind.made)).identity
            self.note(kind, identity)
        } catch let error as Microsoft365Error where error.code == .organizationDehydrated {
            try await self.requestCustomization()
            throw Waiting(for: .customization, Problem(.propagationTimeout, error.description))
        } catch let error as Microsoft365Error where error.code == .alreadyExists {
            // A replica had not shown it, or an earlier attempt was cut off: look whose it is.
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            return try await self.readBack(kind, identity, orElse: Problem(.effectUncertain, error.description))
        }
        let waiting = Problem(
            .propagationTimeout,
            "The \(kind.kind.words) \(kind.name) was made and does not show yet."
        )
        return try await self.readBack(kind, identity, orElse: Waiting(for: .visibility, waiting))
    }

    /// Reads what was just made, by the GUID it was given or else by our name, and checks whose it is and every field.
    private mutating func readBack<Kind: ExchangeKind>(
        _ kind: Kind,
        _ identity: String,
        orElse missing: any Error
    ) async throws -> Kind.Object {
        guard let found = try await kind.find(identity) else { throw missing }
        let judged = Ownership(kind, [found], gateway: self.settings.gateway, known: self.memo.guids)
        guard try judged.settled() != nil else {
            throw Problem(.connectorConflict, "The \(kind.kind.words) \(found.quotedName) is not ours.")
        }
        if self.memo.guids[kind.kind.rawValue] != found.identity { self.note(kind, found.identity) }
        try await kind.secure(found)
        if let field = try kind.differences(kind.made, found).first { throw field.notKept(by: kind, found.quotedName) }
        self.settle(kind.kind)
        return found
    }

    private mutating func note(_ kind: some ExchangeKind, _ guid: String) {
        self.memo.guids[kind.kind.rawValue] = guid
        self.remember()
    }
}

// MARK: - Mending

extension TenantChanging {
    /// Brings our object to what is kept; gives it as it was read back.
    mutating func mend<Kind: ExchangeKind>(_ kind: Kind, _ ours: Kind.Object) async throws -> Kind.Object {
        if self.memo.intent == kind.creation { try await kind.secure(ours) }
        guard let change = try kind.mending(of: ours) else {
            self.settle(kind.kind)
            return ours
        }
        if self.memo.intent?.action == .create { self.settle(kind.kind) }
        self.intend(change)
        do {
            try await kind.mend(ours.identity, self.marked(kind, kind.kept, change, ours), fields: change.fields)
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            // Setting the same again does no harm: what is read back decides.
        }
        let mended = try await self.visible(kind, ours.identity)
        if let field = try kind.differences(kind.kept, mended).first {
            throw field.notKept(by: kind, mended.quotedName)
        }
        self.settle(kind.kind)
        return mended
    }
}

extension TenantChanging {
    /// Puts right some fields of our object and nothing else, its comment's mark apart.
    mutating func mend<Kind: ExchangeKind>(_ kind: Kind, only fields: Set<String>) async throws {
        let ownership = try await self.ownership(kind)
        let adopted = fields.contains(kind.commentField) ? ownership.adoptable : nil
        guard let ours = try adopted ?? ownership.settled() else {
            throw Problem(.planChanged, "The \(kind.kind.words) that was to be repaired is not there any more.")
        }
        var wrong = try kind.differences(kind.made, ours).filter { fields.contains($0.field) }
        if fields.contains(kind.commentField), !wrong.contains(where: { $0.field == kind.commentField }),
            let change = kind.lostMark(of: ours)
        {
            wrong = (wrong + [change]).sorted { $0.field < $1.field }
        }
        guard !wrong.isEmpty else { return self.settle(kind.kind) }
        let change = PlannedChange(kind: kind.kind, name: ours.name, action: .update, fields: wrong)
        self.intend(change)
        do {
            let settings = self.marked(kind, kind.made.only(fields), change, ours)
            try await kind.mend(ours.identity, settings, fields: wrong)
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            // Setting the same again does no harm: what is read back decides.
        }
        let mended = try await self.visible(kind, ours.identity)
        let left = try kind.differences(kind.made, mended).first { fields.contains($0.field) }
        if let field = left ?? (fields.contains(kind.commentField) ? kind.lostMark(of: mended) : nil) {
            throw field.notKept(by: kind, mended.quotedName)
        }
        self.settle(kind.kind)
    }

    /// Settings whose comment remembers this change.
    private func marked<Kind: ExchangeKind>(
        _ kind: Kind,
        _ settings: Kind.Settings,
        _ change: PlannedChange,
        _ object: Kind.Object
    ) -> Kind.Settings {
        let values = change.fields.reduce(into: [String: String]()) { $0[$1.field] = $1.after }
        return kind.with(comment: kind.markedComment(applying: values, to: object, self.stamp()), in: settings)
    }
}

extension JobModel.FieldChange {
    /// That Exchange shows another value than the one it was given.
    fileprivate func notKept(by kind: some ExchangeKind, _ name: String) -> Problem {
        Problem(
            .unexpectedAnswer,
            "Exchange shows \(self.field) of the \(kind.kind.words) \(name) as \(self.before ?? "nothing") instead of \(self.after ?? "nothing")."
        )
    }
}
