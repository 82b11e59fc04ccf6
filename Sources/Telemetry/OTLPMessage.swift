import Tracing

/// What OTLP/HTTP takes as JSON (OpenTelemetry Protocol specification, "JSON Protobuf Encoding"), as far as spans need it.
struct OTLPMessage: Encodable {
    let resourceSpans: [OTLPResourceSpans]

    init(resource: [String: String], spans: [OTLPSpan]) {
        let attributes = resource.sorted { $0.key < $1.key }.map { OTLPAttribute(key: $0.key, value: .text($0.value)) }
        self.resourceSpans = [
            OTLPResourceSpans(
                resource: OTLPResource(attributes: attributes),
                scopeSpans: [OTLPScopeSpans(scope: OTLPScope(name: "sluice"), spans: spans)]
            )
        ]
    }
}

struct OTLPResourceSpans: Encodable {
    let resource: OTLPResource
    let scopeSpans: [OTLPScopeSpans]
}

struct OTLPResource: Encodable {
    let attributes: [OTLPAttribute]
}

struct OTLPScopeSpans: Encodable {
    let scope: OTLPScope
    let spans: [OTLPSpan]
}

struct OTLPScope: Encodable {
    let name: String
}

/// A finished span.
struct OTLPSpan: Encodable {
    let traceId: String
    let spanId: String
    let parentSpanId: String?
    let name: String
    let kind: Int
    let startTimeUnixNano: String
    let endTimeUnixNano: String
    let attributes: [OTLPAttribute]
    let status: OTLPStatus

    /// The protocol's number of a kind.
    static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

/// 0 unset, 2 error.
struct OTLPStatus: Encodable {
    let code: Int
}

struct OTLPAttribute: Encodable {
    let key: String
    let value: OTLPValue
}

/// The kinds of values that our attributes have; 64-bit numbers are texts in this encoding.
enum OTLPValue: Encodable {
    case text(String)
    case number(Int64)
    case fraction(Double)
    case truth(Bool)

    private enum CodingKeys: String, CodingKey {
        case stringValue, intValue, doubleValue, boolValue
    }

    /// Nil for a kind that is not exported.
    init?(_ value: SpanAttribute) {
        switch value {
        case .string(let text): self = .text(text)
        case .stringConvertible(let value): self = .text(value.description)
        case .int32(let number): self = .number(Int64(number))
        case .int64(let number): self = .number(number)
        case .double(let number): self = .fraction(number)
        case .bool(let truth): self = .truth(truth)
        default: return nil
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .stringValue)
        case .number(let number): try container.encode(String(number), forKey: .intValue)
        case .fraction(let number): try container.encode(number, forKey: .doubleValue)
        case .truth(let truth): try container.encode(truth, forKey: .boolValue)
        }
    }
}
