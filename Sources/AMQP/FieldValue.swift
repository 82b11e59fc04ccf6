/// Headers of a message, arguments of a declaration, properties of a peer: names with typed values.
///
/// A name has at most 255 bytes of UTF-8.
package typealias FieldTable = [String: FieldValue]

/// A value in a `FieldTable`, one case for each kind RabbitMQ knows.
///
/// The kinds are those of RabbitMQ's "AMQP 0-9-1 Errata", section 3. All of them pass through a broker unchanged.
package enum FieldValue: Sendable, Hashable {
    case bool(Bool)
    case int8(Int8)
    case uint8(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case decimal(scale: UInt8, value: UInt32)
    case string(String)
    case bytes([UInt8])
    /// Seconds since 1970, UTC.
    case timestamp(UInt64)
    indirect case array([FieldValue])
    indirect case table(FieldTable)
    case void

    /// The number, for any integer kind and timestamps that fit.
    package var integer: Int64? {
        switch self {
        case .int8(let value): Int64(value)
        case .uint8(let value): Int64(value)
        case .int16(let value): Int64(value)
        case .uint16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .uint32(let value): Int64(value)
        case .int64(let value): value
        case .uint64(let value), .timestamp(let value): Int64(exactly: value)
        case .bool, .float, .double, .decimal, .string, .bytes, .array, .table, .void: nil
        }
    }

    /// The text, for a string.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// How deep tables may nest, in either direction.
    ///
    /// librabbitmq 0.11 reads nested tables by recursion without a limit, and a deep Swift enum would overflow in its
    /// own release; nobody nests on purpose beyond a handful.
    static let depthMax = 32
    /// The longest name or short string the protocol can carry (one length byte).
    static let shortStringBytesMax = 255
}

extension FieldValue {
    /// Bytes this value takes in a frame, its kind byte included.
    var encodedSize: Int {
        switch self {
        case .void: 1
        case .bool, .int8, .uint8: 2
        case .int16, .uint16: 3
        case .int32, .uint32, .float: 5
        case .decimal: 6
        case .int64, .uint64, .double, .timestamp: 9
        case .string(let text): 5 + text.utf8.count
        case .bytes(let bytes): 5 + bytes.count
        case .array(let values): values.reduce(5) { $0 + $1.encodedSize }
        case .table(let table): 1 + table.encodedSize
        }
    }

    /// What makes this value impossible to send, or nil.
    func defect(depth: Int) -> String? {
        switch self {
        case .array(let values):
            guard depth < FieldValue.depthMax else { return FieldValue.tooDeep }
            return values.lazy.compactMap { $0.defect(depth: depth + 1) }.first
        case .table(let table):
            return table.defect(depth: depth + 1)
        case .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double, .decimal,
            .string, .bytes, .timestamp, .void:
            return nil
        }
    }

    fileprivate static let tooDeep = "tables nest deeper than \(depthMax) levels"
}

extension FieldTable {
    /// Bytes this table takes in a frame, its length included.
    var encodedSize: Int {
        reduce(4) { $0 + 1 + $1.key.utf8.count + $1.value.encodedSize }
    }

    /// What makes this table impossible to send, or nil.
    ///
    /// librabbitmq writes a name of more than 255 bytes with a cut-off length, and the broker then closes the
    /// connection; hence the check here.
    func defect(depth: Int = 0) -> String? {
        guard depth <= FieldValue.depthMax else { return FieldValue.tooDeep }
        for (name, value) in self {
            guard name.utf8.count <= FieldValue.shortStringBytesMax else {
                return "a field name has \(name.utf8.count) bytes, more than \(FieldValue.shortStringBytesMax)"
            }
            if let defect = value.defect(depth: depth) { return defect }
        }
        return nil
    }
}
