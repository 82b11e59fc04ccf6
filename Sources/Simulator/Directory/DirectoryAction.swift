/// Something that happens to a tenant's users and groups.
///
/// Written as an object with `action` and the keys that action reads; the control route takes an array of them:
///
/// | action | keys | effect |
/// |---|---|---|
/// | `add-user`, `add-group` | `properties` | a new one, with an id unless `properties` has one |
/// | `change` | `id`, `properties` | what is given is set, `null` clears |
/// | `soft-delete` | `id`, or `first` and `last` | gone, restorable |
/// | `restore` | the same | back, with the groups it was in |
/// | `purge` | the same | gone for good, out of every group too |
/// | `add-members`, `remove-members` | `id`, `members` | of the group |
/// | `rebuild` | | every link given so far is dead, as after seven days |
///
/// `first` and `last` are numbers of the population, both included.
package struct DirectoryAction: Codable, Sendable, Equatable {
    /// The actions.
    package enum Name: String, Codable, Sendable, CaseIterable {
        case addUser = "add-user"
        case addGroup = "add-group"
        case change
        case softDelete = "soft-delete"
        case restore, purge
        case addMembers = "add-members"
        case removeMembers = "remove-members"
        case rebuild
    }

    /// What is done.
    ///
    /// Required.
    package var action: Name
    /// The object's id.
    package var id: String?
    /// Properties as Graph writes them.
    package var properties: [String: JSONValue]?
    /// Ids of users and groups.
    package var members: [String]?
    /// The number of the first of the population.
    package var first: Int?
    /// The number of the last of the population.
    package var last: Int?

    private enum CodingKeys: String, CodingKey, CaseIterable { case action, id, properties, members, first, last }

    /// An action on that object.
    package init(_ action: Name, id: String? = nil) {
        self.action = action
        self.id = id
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        action = try fields.require(.action)
        try fields.read(.id, into: &id)
        try fields.read(.properties, into: &properties)
        try fields.read(.members, into: &members)
        try fields.read(.first, into: &first)
        try fields.read(.last, into: &last)
    }
}

/// The users and groups of a tenant as they are, without any delay: what a right copy holds.
package struct DirectoryTruth: Codable, Sendable, Equatable {
    /// Users that are there, by id, with all their properties.
    package let users: [String: JSONValue]
    /// Groups that are there, by id.
    package let groups: [String: JSONValue]
    /// The users and groups in each group that are there, by the group's id.
    package let members: [String: Set<String>]
    /// What was deleted and can be restored.
    package let softDeleted: Set<String>
}
