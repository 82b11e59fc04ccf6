import JobModel
import Microsoft365

/// Whose an object in a tenant's Exchange is.
enum ObjectOwner: Equatable {
    /// Ours for sure: it carries our mark, or the job remembers making it.
    case ours
    /// It may be ours: it has our name, or the gateway's hosts or addresses, and no mark of ours.
    case doubtful(Likeness)
    /// Sluice made it for another gateway.
    case anotherGateways
    case somebodyElses
    /// It carries no mark, and Exchange did not send the field that tells what it does.
    case unknown(field: String)
}

/// What speaks for an object that does not carry our mark.
struct Likeness: Equatable {
    let hasOurName: Bool
    let effect: GatewayEffect
    let hasOtherMark: Bool

    /// Whether the mark may be written anew when a person asks for it: nobody else makes the same thing under the same name.
    ///
    /// Not with the name alone, which anybody may choose, nor with the effect alone, which a connector has that the customer
    /// made by hand and may want to keep.
    var isCertainEnough: Bool { self.hasOurName && self.effect == .all && !self.hasOtherMark }
}

/// The objects of one kind, told apart.
///
/// Every job that asks whose an object is asks here, and none decides for itself. What is in doubt nobody changes or takes
/// away: only a person can tell.
struct Ownership<Kind: ExchangeKind> {
    /// An object that may be ours, and why.
    struct Doubt {
        let object: Kind.Object
        let likeness: Likeness
    }

    let kind: Kind
    let marker: ObjectMarker
    /// All of them, with their owners.
    let objects: [(object: Kind.Object, owner: ObjectOwner)]

    /// Pure; `known` are the GUIDs that the job itself remembers, by kind.
    init(_ kind: Kind, _ objects: [Kind.Object], gateway: GatewayProfile, known: [String: String]) {
        let marker = ObjectMarker(gateway: gateway, kind: kind.kind)
        self.kind = kind
        self.marker = marker
        self.objects = objects.map { ($0, kind.owner(of: $0, marker, known: known)) }
    }

    /// Ours for sure; more than one when somebody copied our mark.
    var ours: [Kind.Object] { self.objects.filter { $0.owner == .ours }.map(\.object) }

    /// All that are not ours for sure.
    var rivals: [Kind.Object] { self.objects.filter { $0.owner != .ours }.map(\.object) }

    /// Those that may be ours.
    var doubts: [Doubt] {
        self.objects.compactMap { object, owner in
            guard case .doubtful(let likeness) = owner else { return nil }
            return Doubt(object: object, likeness: likeness)
        }
    }

    /// The doubtful ones beside which ours must not be made: with our name, or for all mail.
    var suspects: [Doubt] {
        self.doubts.filter { $0.likeness.hasOurName || self.kind.takesAllMail($0.object) }
    }

    /// What is ours in all likelihood, alone in that, and lacks nothing but the mark.
    var adoptable: Kind.Object? {
        guard self.ours.isEmpty, self.doubts.count == 1, let doubt = self.doubts.first else { return nil }
        return doubt.likeness.isCertainEnough ? doubt.object : nil
    }

    /// Ours; refuses with `connector-conflict` when several carry our mark, as nobody can tell which one was copied.
    func one() throws(Problem) -> Kind.Object? {
        let ours = self.ours
        guard ours.count < 2 else {
            let names = ours.map { "\($0.quotedName) (\($0.identity))" }.sorted().joined(separator: " and ")
            throw Problem(.connectorConflict, "More than one \(self.kind.kind.words) carries our mark: \(names).")
        }
        return ours.first
    }

    /// Ours; refuses with `connector-conflict` also when there is none for sure and one that may be.
    func settled() throws(Problem) -> Kind.Object? {
        if let ours = try self.one() { return ours }
        guard let suspect = self.suspects.first else { return nil }
        throw Problem(.connectorConflict, "\(self.sentence(suspect)) \(self.advice(suspect))")
    }

    /// Why an object may be ours, in one sentence.
    func sentence(_ doubt: Doubt) -> String {
        var reasons: [String] = []
        if doubt.likeness.hasOurName { reasons.append("has the name we use") }
        if doubt.likeness.effect.isThere { reasons.append(self.kind.effectWords) }
        let end = doubt.likeness.hasOtherMark ? "carries the mark of another gateway" : "does not carry our mark"
        let reason = reasons.joined(separator: " and ")
        return "The \(self.kind.kind.words) \(doubt.object.quotedName) \(reason), but \(end)."
    }

    /// What to do about it, in one sentence.
    func advice(_ doubt: Doubt) -> String {
        let isAdoptable = self.adoptable?.identity == doubt.object.identity
        let repair = "have verify-tenant write the mark anew (`repair: [\"\(self.kind.commentID)\"]`)"
        let ours = isAdoptable ? repair : "put `\(self.marker.code)` into its \(self.kind.commentField)"
        let other = doubt.likeness.effect.isThere ? "remove it" : "rename it"
        return "If Sluice made it, \(ours); otherwise have the customer \(other)."
    }
}

extension ExchangeKind {
    /// Whose an object is.
    ///
    /// A mark in other words is ours when the object serves our gateway, whose name has changed then; otherwise two gateways
    /// have names that marks spell alike.
    func owner(of object: Object, _ marker: ObjectMarker, known: [String: String]) -> ObjectOwner {
        if known[self.kind.rawValue] == object.identity { return .ours }
        let reading = marker.reading(of: self.comment(object))
        let effect = self.effect(of: object)
        if reading == .ours || reading == .oursInOtherWords && effect.isThere { return .ours }
        let likeness = Likeness(
            hasOurName: object.name.lowercased() == self.name.lowercased(),
            effect: effect,
            hasOtherMark: reading != .none
        )
        if likeness.hasOurName || effect.isThere { return .doubtful(likeness) }
        if likeness.hasOtherMark { return .anotherGateways }
        if case .unknown(let field) = effect { return .unknown(field: field) }
        return .somebodyElses
    }

    /// The id of a finding about its comment, which carries the mark.
    var commentID: String { "\(self.kind.rawValue).\(self.commentField)" }

    /// What an object of the kind does that has the gateway's hosts or addresses.
    var effectWords: String {
        self.kind == .outboundConnector ? "leads to the gateway" : "is for the gateway's addresses"
    }
}
