package import Foundation

/// Any JSON value.
///
/// Exchange's records and parameters have no fixed shape, so they stay what they are on the wire. Order of keys is not
/// kept; what the simulator sends is sorted by key, which puts `X@odata.type` next to `X` as the service does.
package enum JSONValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// The text, when this is a text.
    package var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The truth value, when this is one.
    package var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    /// The whole number, when this is one.
    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The elements, when this is an array.
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, when this is an object.
    package var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    /// The texts, when this is an array of nothing else.
    package var texts: [String]? {
        guard let array else { return nil }
        let texts = array.compactMap(\.text)
        return texts.count == array.count ? texts : nil
    }
    /// The member of that name, when this is an object that has it.
    package subscript(_ key: String) -> JSONValue? { object?[key] }

    /// An array of texts.
    package static func texts(_ values: some Sequence<String>) -> JSONValue { .array(values.map(JSONValue.text)) }

    /// Reads one JSON document.
    package init(parsing data: Data) throws { self = try JSONDecoder().decode(JSONValue.self, from: data) }

    /// The bytes of this value, keys sorted.
    package var bytes: Data { encodedJSON(self) }
}

/// The JSON of a value that always encodes, keys sorted and slashes plain.
func encodedJSON(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    do {
        return try encoder.encode(value)
    } catch {
        preconditionFailure("a reply of the simulator does not encode: \(error)")
    }
}

extension JSONValue: Codable {
    /// Reads any JSON value.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Writes the value as it is.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    package init(stringLiteral value: String) { self = .text(value) }
    /// A truth value.
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    /// A whole number.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of two equal keys the last one counts.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
