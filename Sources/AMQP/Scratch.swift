import CRabbitMQ

/// Memory for what a C call reads: texts and tables are copied in, and all of it is reused after the call.
@safe final class Scratch {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private var used = 0
    private var extra: [UnsafeMutableRawPointer] = unsafe []

    init(capacity: Int = 64 << 10) {
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: Scratch.alignment)
        self.capacity = capacity
    }

    deinit {
        reset()
        unsafe base.deallocate()
    }

    /// Forgets everything handed out so far.
    func reset() {
        used = 0
        while let block = unsafe extra.popLast() { unsafe block.deallocate() }
    }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { unsafe copy(UnsafeRawBufferPointer($0)) }
    }

    func bytes(_ array: [UInt8]) -> amqp_bytes_t {
        unsafe array.withUnsafeBytes { unsafe copy($0) }
    }

    func table(_ table: FieldTable) -> amqp_table_t {
        guard !table.isEmpty else { return unsafe amqp_table_t() }
        let entries = unsafe reserve(table.count * MemoryLayout<amqp_table_entry_t>.stride)
            .bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        for (index, field) in table.enumerated() {
            let entry = unsafe amqp_table_entry_t(key: bytes(field.key), value: value(field.value))
            unsafe (entries + index).initialize(to: entry)
        }
        return unsafe amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    private func array(_ values: [FieldValue]) -> amqp_array_t {
        guard !values.isEmpty else { return unsafe amqp_array_t() }
        let entries = unsafe reserve(values.count * MemoryLayout<amqp_field_value_t>.stride)
            .bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, element) in values.enumerated() {
            unsafe (entries + index).initialize(to: value(element))
        }
        return unsafe amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    /// The largest switch of the module: one line for each kind.
    private func value(_ value: FieldValue) -> amqp_field_value_t {
        switch value {
        case .bool(let value): unsafe field(AMQP_FIELD_KIND_BOOLEAN) { unsafe $0.value.boolean = value ? 1 : 0 }
        case .int8(let value): unsafe field(AMQP_FIELD_KIND_I8) { unsafe $0.value.i8 = value }
        case .uint8(let value): unsafe field(AMQP_FIELD_KIND_U8) { unsafe $0.value.u8 = value }
        case .int16(let value): unsafe field(AMQP_FIELD_KIND_I16) { unsafe $0.value.i16 = value }
        case .uint16(let value): unsafe field(AMQP_FIELD_KIND_U16) { unsafe $0.value.u16 = value }
        case .int32(let value): unsafe field(AMQP_FIELD_KIND_I32) { unsafe $0.value.i32 = value }
        case .uint32(let value): unsafe field(AMQP_FIELD_KIND_U32) { unsafe $0.value.u32 = value }
        case .int64(let value): unsafe field(AMQP_FIELD_KIND_I64) { unsafe $0.value.i64 = value }
        case .uint64(let value): unsafe field(AMQP_FIELD_KIND_U64) { unsafe $0.value.u64 = value }
        case .float(let value): unsafe field(AMQP_FIELD_KIND_F32) { unsafe $0.value.f32 = value }
        case .double(let value): unsafe field(AMQP_FIELD_KIND_F64) { unsafe $0.value.f64 = value }
        case .decimal(let scale, let value):
            unsafe field(AMQP_FIELD_KIND_DECIMAL) {
                unsafe $0.value.decimal = amqp_decimal_t(decimals: scale, value: value)
            }
        case .string(let text): unsafe field(AMQP_FIELD_KIND_UTF8) { unsafe $0.value.bytes = bytes(text) }
        case .bytes(let value): unsafe field(AMQP_FIELD_KIND_BYTES) { unsafe $0.value.bytes = bytes(value) }
        case .timestamp(let value): unsafe field(AMQP_FIELD_KIND_TIMESTAMP) { unsafe $0.value.u64 = value }
        case .array(let values): unsafe field(AMQP_FIELD_KIND_ARRAY) { unsafe $0.value.array = array(values) }
        case .table(let value): unsafe field(AMQP_FIELD_KIND_TABLE) { unsafe $0.value.table = table(value) }
        case .void: unsafe field(AMQP_FIELD_KIND_VOID) { _ in }
        }
    }

    private func field(
        _ kind: amqp_field_value_kind_t,
        _ set: (inout amqp_field_value_t) -> Void
    ) -> amqp_field_value_t {
        var field = unsafe amqp_field_value_t()
        unsafe field.kind = UInt8(kind.rawValue)
        unsafe set(&field)
        return unsafe field
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let start = source.baseAddress, source.count > 0 else { return unsafe amqp_bytes_t() }
        let target = unsafe reserve(source.count)
        unsafe target.copyMemory(from: start, byteCount: source.count)
        return unsafe amqp_bytes_t(len: source.count, bytes: target)
    }

    private func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let rounded = (byteCount + Scratch.alignment - 1) & ~(Scratch.alignment - 1)
        guard used + rounded <= capacity else {
            let block = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: Scratch.alignment)
            unsafe extra.append(block)
            return unsafe block
        }
        defer { used += rounded }
        return unsafe base + used
    }

    private static let alignment = 16
}
