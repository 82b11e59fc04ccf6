/// One name in DNS with everything it holds.
///
/// Written as JSON; every key but `name` has a default, and an unknown key is refused. A name that is not listed does
/// not exist, unless another lies below it; a name without the wanted records exists without them. Example:
///
/// ```json
/// {"name": "contoso.com", "txt": [["v=spf1 ip4:192.0.2.0/24", " -all"]], "mx": ["10 mx.gateway.example"],
///  "ns": ["ns1.contoso.com"]}
/// ```
package struct ScenarioName: Codable, Sendable, Equatable {
    /// The name, without a dot at its end; case does not matter.
    package var name: String
    /// IPv4 addresses.
    package var a: [String] = []
    /// IPv6 addresses.
    package var aaaa: [String] = []
    /// The name that this one is an alias of; other records are then not looked at.
    package var cname: String?
    /// Mail exchangers, each a preference, a space and a name.
    package var mx: [String] = []
    /// Name servers; a name that has some is the top of a zone.
    package var ns: [String] = []
    /// Names of an address.
    package var ptr: [String] = []
    /// Texts, each in pieces of at most 255 bytes.
    package var txt: [[String]] = []
    /// What goes wrong when the name is asked for.
    package var fault: DNSFault?
    /// The record types that the fault is for.
    ///
    /// Default: all of them.
    package var faultTypes: [String] = []
    /// How often the fault happens; 0 is always.
    ///
    /// Default 0.
    package var faultTimes = 0
    /// Who sees the name like this.
    ///
    /// Default: both.
    package var view: DNSView?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, a, aaaa, cname, mx, ns, ptr, txt, fault, faultTypes, faultTimes, view
    }

    /// A name that exists and holds nothing yet.
    package init(_ name: String) { self.name = name }

    /// A name with one text, cut into pieces of 255 bytes.
    package init(_ name: String, text: String) {
        self.name = name
        self.txt = [Self.pieces(of: text)]
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        name = try fields.require(.name)
        try fields.read(.a, into: &a)
        try fields.read(.aaaa, into: &aaaa)
        try fields.read(.cname, into: &cname)
        try fields.read(.mx, into: &mx)
        try fields.read(.ns, into: &ns)
        try fields.read(.ptr, into: &ptr)
        try fields.read(.txt, into: &txt)
        try fields.read(.fault, into: &fault)
        try fields.read(.faultTypes, into: &faultTypes)
        try fields.read(.faultTimes, into: &faultTimes)
        try fields.read(.view, into: &view)
    }

    /// A text in the pieces that a TXT record is made of (RFC 1035, 3.3).
    package static func pieces(of text: String) -> [String] {
        var pieces: [String] = [""]
        for character in text {
            if pieces[pieces.count - 1].utf8.count + character.utf8.count > DNSMessage.pieceMax { pieces.append("") }
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }

    /// Refuses what cannot be put into a message.
    func validate() throws(SimulatorError) {
        func require(_ isGood: Bool, _ detail: String) throws(SimulatorError) {
            guard isGood else { throw SimulatorError(code: .badScenario, detail: "dns name \(name): \(detail)") }
        }
        let names = [name] + ns + ptr + [cname].compactMap(\.self) + mx.map { DNSMessage.exchange($0)?.host ?? "" }
        try require(names.allSatisfy { DNSMessage.encoded($0) != nil }, "a name is too long or has an empty label")
        try require(a.allSatisfy { DNSMessage.address($0, bytes: 4) != nil }, "a must hold IPv4 addresses")
        try require(aaaa.allSatisfy { DNSMessage.address($0, bytes: 16) != nil }, "aaaa must hold IPv6 addresses")
        try require(mx.allSatisfy { DNSMessage.exchange($0) != nil }, "mx must hold \"10 mail.example\"")
        try require(txt.allSatisfy { !$0.isEmpty }, "a txt record needs a piece")
        try require(txt.joined().allSatisfy { $0.utf8.count <= DNSMessage.pieceMax }, "a txt piece is too long")
        try require(faultTypes.allSatisfy { DNSType(rawValue: $0) != nil }, "faultTypes must hold A, AAAA, MX, …")
    }
}

/// Who is asked.
package enum DNSView: String, Codable, Sendable, CaseIterable {
    /// A resolver, which follows aliases everywhere.
    case resolver
    /// The servers of the zones themselves, which know nothing else.
    case authoritative
}

/// What can go wrong with a name.
package enum DNSFault: String, Codable, Sendable, CaseIterable {
    /// SERVFAIL.
    case serverFailure = "server-failure"
    /// REFUSED.
    case refusal
    /// No answer at all.
    case silence
    /// No answer over UDP; over TCP all is well.
    case udpSilence = "udp-silence"
    /// A truncated answer over UDP; over TCP all is well.
    case truncation
    /// Bytes that are no answer.
    case garbage
}

/// One question as the simulator saw it.
package struct DNSQuery: Codable, Sendable, Equatable {
    /// Counts from 1 in the order of arrival.
    package let sequence: Int
    /// Who was asked.
    package let view: DNSView
    /// The name, lower case.
    package let name: String
    /// The type, such as `TXT`, or its number.
    package let type: String
    /// `udp` or `tcp`.
    package let transport: String
    /// The code of the answer with the number of its records, or the fault.
    package let answer: String
}
