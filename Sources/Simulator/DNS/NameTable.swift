import Synchronization

/// The names that the simulated DNS holds, and the journal of what it was asked.
final class NameTable: Sendable {
    private struct State {
        var names: [ScenarioName]
        /// How often the fault of a name has happened, by the place of the name.
        var faults: [Int: Int] = [:]
        var journal: [DNSQuery] = []
        var nextSequence = 1
    }

    /// Older questions are forgotten.
    private static let journalMax = 10_000
    private static let aliasesMax = 8

    private let state: Mutex<State>

    init(_ names: [ScenarioName]) { state = Mutex(State(names: names)) }

    func reset(_ names: [ScenarioName]) { state.withLock { $0 = State(names: names) } }

    var names: [ScenarioName] { state.withLock { $0.names } }

    var journal: [DNSQuery] { state.withLock { $0.journal } }

    /// Puts names in the place of those that are called the same and seen by the same.
    func publish(_ names: [ScenarioName]) {
        state.withLock { state in
            for name in names {
                let key = name.name.lowercased()
                state.names.removeAll { $0.name.lowercased() == key && ($0.view == name.view || name.view == nil) }
                state.names.append(name)
            }
            state.faults = [:]
        }
    }

    /// Takes a name away from both views.
    func remove(_ name: String) {
        state.withLock { state in
            state.names.removeAll { $0.name.lowercased() == name.lowercased() }
            state.faults = [:]
        }
    }

    /// The answer to a question; nil is silence.
    func answer(_ question: DNSMessage, view: DNSView, isTCP: Bool) -> [UInt8]? {
        state.withLock { state in
            let type = DNSType(code: question.typeCode)
            let fault = Self.fault(&state, question.name, type, view, isTCP)
            let limit = isTCP ? Int(UInt16.max) : question.datagramMax
            var (code, records) = Self.find(state.names, question.name, type, view)
            var bytes: [UInt8]?
            switch fault {
            case nil: bytes = question.answer(code, records, view: view, limit: limit)
            case .serverFailure: (code, records) = (.serverFailure, [])
            case .refusal: (code, records) = (.refused, [])
            case .truncation: bytes = question.answer(code, [], view: view, limit: limit, isCut: true)
            case .garbage: bytes = question.id + [0x81, 0x80, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0, 0xC0]
            case .silence, .udpSilence: break
            }
            if fault == .serverFailure || fault == .refusal {
                bytes = question.answer(code, [], view: view, limit: limit)
            }
            let outcome = fault?.rawValue ?? "\(code.name) \(records.count)"
            Self.note(&state, question, type, view, isTCP, outcome)
            return bytes
        }
    }

    private static func note(
        _ state: inout State,
        _ question: DNSMessage,
        _ type: DNSType?,
        _ view: DNSView,
        _ isTCP: Bool,
        _ outcome: String
    ) {
        if state.journal.count >= journalMax { state.journal.removeFirst(journalMax / 2) }
        state.journal.append(
            DNSQuery(
                sequence: state.nextSequence,
                view: view,
                name: question.name,
                type: type?.rawValue ?? String(question.typeCode),
                transport: isTCP ? "tcp" : "udp",
                answer: outcome
            )
        )
        state.nextSequence += 1
    }

    /// The fault that hits a question, counted.
    private static func fault(
        _ state: inout State,
        _ name: String,
        _ type: DNSType?,
        _ view: DNSView,
        _ isTCP: Bool
    ) -> DNSFault? {
        guard let index = place(state.names, name, view), let fault = state.names[index].fault else { return nil }
        let entry = state.names[index]
        if !entry.faultTypes.isEmpty, !entry.faultTypes.contains(type?.rawValue ?? "") { return nil }
        if isTCP, fault == .udpSilence || fault == .truncation { return nil }
        let count = state.faults[index, default: 0]
        guard entry.faultTimes == 0 || count < entry.faultTimes else { return nil }
        state.faults[index] = count + 1
        return fault
    }

    /// Where a name stands as a view sees it; what is for that view alone goes before what is for both.
    private static func place(_ names: [ScenarioName], _ name: String, _ view: DNSView) -> Int? {
        names.firstIndex { $0.name.lowercased() == name && $0.view == view }
            ?? names.firstIndex { $0.name.lowercased() == name && $0.view == nil }
    }

    /// Follows aliases and collects the records.
    private static func find(
        _ names: [ScenarioName],
        _ name: String,
        _ type: DNSType?,
        _ view: DNSView
    ) -> (DNSMessage.Code, [DNSMessage.Record]) {
        var (target, records) = (name, [DNSMessage.Record]())
        for _ in 0..<aliasesMax {
            let isOutside = zone(of: target, names).map { $0 != zone(of: name, names) } ?? true
            if view == .authoritative, isOutside {
                // Only the first name can be refused: an alias that leads away is simply where the answer ends.
                return (records.isEmpty ? .refused : .noError, records)
            }
            guard let index = place(names, target, view) else {
                let isAbove = names.contains { $0.name.lowercased().hasSuffix("." + target) }
                return (isAbove ? .noError : .nameError, records)
            }
            if let alias = names[index].cname, type != .cname {
                records.append(.init(name: target, type: .cname, data: DNSMessage.encoded(alias) ?? [0]))
                target = alias.lowercased()
                continue
            }
            return (.noError, records + (type.map { names[index].records($0, named: target) } ?? []))
        }
        return (.serverFailure, [])
    }

    /// The zone that a name lies in.
    private static func zone(of name: String, _ names: [ScenarioName]) -> String? {
        names.filter { !$0.ns.isEmpty }.map { $0.name.lowercased() }
            .first { name == $0 || name.hasSuffix("." + $0) }
    }
}

extension ScenarioName {
    /// The records of a type under the name that was asked for.
    fileprivate func records(_ type: DNSType, named name: String) -> [DNSMessage.Record] {
        let data: [[UInt8]] =
            switch type {
            case .a: a.compactMap { DNSMessage.address($0, bytes: 4) }
            case .aaaa: aaaa.compactMap { DNSMessage.address($0, bytes: 16) }
            case .cname: [cname].compactMap(\.self).compactMap(DNSMessage.encoded)
            case .mx:
                mx.compactMap(DNSMessage.exchange).map {
                    DNSMessage.bytes($0.preference) + (DNSMessage.encoded($0.host) ?? [0])
                }
            case .ns: ns.compactMap(DNSMessage.encoded)
            case .ptr: ptr.compactMap(DNSMessage.encoded)
            case .soa: ns.prefix(1).compactMap(DNSMessage.encoded).map { $0 + $0 + Self.zoneNumbers }
            case .txt: txt.map { $0.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } }
            }
        return data.map { DNSMessage.Record(name: name, type: type, data: $0) }
    }

    /// Serial number 1, then refresh, retry, expire and minimum of a minute each.
    private static let zoneNumbers: [UInt8] = [0, 0, 0, 1] + Array(repeating: [0, 0, 0, 60], count: 4).flatMap(\.self)
}
