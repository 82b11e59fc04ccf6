package import Foundation

/// The fields of one object as Exchange sent them, without the annotations between them.
///
/// Reading is tolerant: `null` lists and `""` read as empty, numbers may come as strings. A field that did not come at all
/// reads as nil, so that unknown is never taken for false or empty.
package struct ExchangeRecord: Hashable, Sendable {
    /// The fields by Exchange's own names.
    package let fields: [String: JSONValue]

    /// Keeps the fields and drops the annotations (`X@odata.type`, `X@data.type`, `@…`).
    package init(_ fields: [String: JSONValue]) {
        self.fields = fields.filter { !$0.key.contains("@") }
    }

    /// The text of a field; nil when it is missing, null or empty.
    package func text(_ name: String) -> String? {
        guard let text = self.fields[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// The truth value of a field; nil when it is missing or null.
    package func bool(_ name: String) -> Bool? { self.fields[name]?.bool }

    /// The integer of a field, also when it came as a string; nil when it is missing or null.
    package func integer(_ name: String) -> Int? { self.fields[name]?.integer }

    /// The strings of a list: empty when it is null or `""`, one when a lone string came, nil when it is missing.
    package func list(_ name: String) -> [String]? {
        switch self.fields[name] {
        case nil: nil
        case .null, .string(""): []
        case .string(let lone): [lone]
        case .array(let elements): elements.compactMap(\.string)
        case .bool, .integer, .number, .object: nil
        }
    }
}

/// An object of Exchange Online's administration.
package protocol ExchangeObject: Equatable, Sendable {
    /// Everything Exchange sent about it.
    var record: ExchangeRecord { get }
    /// Reads it; nil when it lacks a name or a GUID.
    init?(_ record: ExchangeRecord)
}

extension ExchangeObject {
    /// The GUID, the only name that survives renaming.
    package var guid: UUID? { self.record.text("Guid").flatMap(UUID.init(uuidString:)) }
    /// The name administrators see and can change.
    package var name: String { self.record.text("Name") ?? "" }

    /// The object asked for; nil unless it alone came back.
    init?(alone records: [ExchangeRecord], _ identity: String) {
        guard records.count == 1, let object = records.first.flatMap(Self.init), object.answers(to: identity) else {
            return nil
        }
        self = object
    }

    /// True when the identity a caller asked for, a GUID or a name, is this object.
    func answers(to identity: String) -> Bool {
        if let asked = UUID(uuidString: identity) { return asked == self.guid }
        return self.name.lowercased() == identity.lowercased()
    }
}
