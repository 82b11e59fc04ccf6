import JobModel

/// The mark in an object's comment that says: Sluice made this, for this gateway, as this kind of object.
///
/// Objects are recognised by it (or by a GUID that a job remembers), never by name: administrators rename, and others may
/// have chosen the same name.
struct ObjectMarker: Equatable {
    private let gateway: String
    private let code: String

    init(gateway: GatewayProfile, kind: TenantObjectKind) {
        self.gateway = gateway.name
        self.code = "[sluice:v1:\(gateway.slug):\(kind.rawValue)]"
    }

    /// The whole comment, for people and for us.
    var comment: String { "Managed by Sluice for \(self.gateway); do not edit. \(self.code)" }

    /// Whether a comment carries the mark, whatever else an administrator wrote around it.
    func marks(_ comment: String?) -> Bool { comment?.lowercased().contains(self.code) ?? false }
}
