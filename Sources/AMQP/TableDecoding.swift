import CRabbitMQ

extension [String: FieldValue] {
    /// Copies a table out of a frame, whose memory ends with the frame.
    ///
    /// What nests deeper than `FieldValue.depthMax` becomes `.void`: a hostile header is lost, not the connection.
    init(_ table: amqp_table_t, depth: Int = 0) {
        self.init()
        let entries = unsafe UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        for index in entries.indices {
            let name = unsafe String(entries[index].key)
            self[name] = unsafe FieldValue(entries[index].value, depth: depth)
        }
    }
}

extension FieldValue {
    fileprivate init(_ field: amqp_field_value_t, depth: Int) {
        switch unsafe Int(field.kind) {
        case Kind.bool: self = unsafe .bool(field.value.boolean != 0)
        case Kind.int8: self = unsafe .int8(field.value.i8)
        case Kind.uint8: self = unsafe .uint8(field.value.u8)
        case Kind.int16: self = unsafe .int16(field.value.i16)
        case Kind.uint16: self = unsafe .uint16(field.value.u16)
        case Kind.int32: self = unsafe .int32(field.value.i32)
        case Kind.uint32: self = unsafe .uint32(field.value.u32)
        case Kind.int64: self = unsafe .int64(field.value.i64)
        case Kind.uint64: self = unsafe .uint64(field.value.u64)
        case Kind.float: self = unsafe .float(field.value.f32)
        case Kind.double: self = unsafe .double(field.value.f64)
        case Kind.decimal:
            self = unsafe .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case Kind.string:
            // Other clients put any bytes into a string; what is not UTF-8 stays intact as bytes.
            let bytes = unsafe [UInt8](field.value.bytes)
            self = String(validating: bytes, as: UTF8.self).map(FieldValue.string) ?? .bytes(bytes)
        case Kind.bytes: self = unsafe .bytes([UInt8](field.value.bytes))
        case Kind.timestamp: self = unsafe .timestamp(field.value.u64)
        case Kind.array: self = unsafe FieldValue.array(field.value.array, depth: depth + 1)
        case Kind.table:
            self = unsafe depth < FieldValue.depthMax ? .table(FieldTable(field.value.table, depth: depth + 1)) : .void
        default: self = .void
        }
    }

    private static func array(_ array: amqp_array_t, depth: Int) -> FieldValue {
        guard depth <= depthMax else { return .void }
        let entries = unsafe UnsafeBufferPointer(start: array.entries, count: Int(array.num_entries))
        return unsafe .array(entries.map { unsafe FieldValue($0, depth: depth) })
    }

    private enum Kind {
        static let bool = Int(AMQP_FIELD_KIND_BOOLEAN.rawValue)
        static let int8 = Int(AMQP_FIELD_KIND_I8.rawValue)
        static let uint8 = Int(AMQP_FIELD_KIND_U8.rawValue)
        static let int16 = Int(AMQP_FIELD_KIND_I16.rawValue)
        static let uint16 = Int(AMQP_FIELD_KIND_U16.rawValue)
        static let int32 = Int(AMQP_FIELD_KIND_I32.rawValue)
        static let uint32 = Int(AMQP_FIELD_KIND_U32.rawValue)
        static let int64 = Int(AMQP_FIELD_KIND_I64.rawValue)
        static let uint64 = Int(AMQP_FIELD_KIND_U64.rawValue)
        static let float = Int(AMQP_FIELD_KIND_F32.rawValue)
        static let double = Int(AMQP_FIELD_KIND_F64.rawValue)
        static let decimal = Int(AMQP_FIELD_KIND_DECIMAL.rawValue)
        static let string = Int(AMQP_FIELD_KIND_UTF8.rawValue)
        static let bytes = Int(AMQP_FIELD_KIND_BYTES.rawValue)
        static let timestamp = Int(AMQP_FIELD_KIND_TIMESTAMP.rawValue)
        static let array = Int(AMQP_FIELD_KIND_ARRAY.rawValue)
        static let table = Int(AMQP_FIELD_KIND_TABLE.rawValue)
    }
}

extension [UInt8] {
    /// Copies bytes out of a frame.
    init(_ bytes: amqp_bytes_t) {
        unsafe self.init(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    }
}

extension String {
    /// Copies text out of a frame; what is not UTF-8 is repaired.
    init(_ bytes: amqp_bytes_t) {
        unsafe self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}
