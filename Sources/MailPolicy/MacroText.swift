/// Text with macros, read once: a domain-spec, the value of a modifier, or an explanation (RFC 7208, 7.1).
struct MacroText: Sendable, Hashable {
    /// What it is made of.
    enum Part: Sendable, Hashable {
        case literal(String)
        case macro(Macro)
    }

    /// One `%{…}`.
    struct Macro: Sendable, Hashable {
        let letter: Character
        /// How many labels stay, counted from the right; nil keeps all.
        var count: Int?
        var isReversed = false
        /// What splits the value into labels.
        var delimiters: Set<Character> = ["."]
        /// Whether the letter was upper case: the value is escaped as in a URL.
        var isEscaped = false
    }

    /// As it is written.
    let source: String
    let parts: [Part]

    /// The letters that any text may use, and those of explanations alone (RFC 7208, 7.2).
    private static let letters: Set<Character> = ["s", "l", "o", "d", "i", "p", "v", "h"]
    private static let explanationLetters: Set<Character> = ["c", "r", "t"]
    private static let allDelimiters: Set<Character> = [".", "-", "+", ",", "/", "_", "="]

    /// Reads macro-string; spaces and the letters c, r and t are for explanations alone.
    init(_ source: String, isExplanation: Bool = false) throws(SPFSyntaxError) {
        let letters = isExplanation ? Self.letters.union(Self.explanationLetters) : Self.letters
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(source)
        while let character = rest.popFirst() {
            guard character == "%" else {
                guard character.isVisibleASCII || (isExplanation && character == " ") else {
                    throw SPFSyntaxError(reason: "'\(source.printable)' has a character that may not stand there")
                }
                literal.append(character)
                continue
            }
            switch rest.popFirst() {
            case "%": literal.append("%")
            case "_": literal.append(" ")
            case "-": literal.append("%20")
            case "{":
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.macro(try Self.macro(&rest, letters, source)))
            default: throw SPFSyntaxError(reason: "'\(source.printable)' has a % that begins no macro")
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.source = source
        self.parts = parts
    }

    /// Reads what follows `%{`, its closing brace included.
    private static func macro(
        _ rest: inout Substring,
        _ letters: Set<Character>,
        _ source: String
    ) throws(SPFSyntaxError) -> Macro {
        let wrong = SPFSyntaxError(reason: "'\(source.printable)' has a macro that does not exist")
        guard let end = rest.firstIndex(of: "}"), let letter = rest.first, letter.isVisibleASCII,
            let lower = letter.lowercased().first, letters.contains(lower)
        else { throw wrong }
        var macro = Macro(letter: lower, isEscaped: letter != lower)
        var body = rest[..<end].dropFirst()
        let digits = body.prefix { $0.isASCIIDigit }
        if !digits.isEmpty {
            // A number too long for an Int keeps every label, as any number above 127 does.
            macro.count = Int(digits) ?? .max
            guard macro.count != 0 else { throw wrong }
        }
        body = body.dropFirst(digits.count)
        if body.first == "r" || body.first == "R" {
            macro.isReversed = true
            body = body.dropFirst()
        }
        guard body.allSatisfy({ self.allDelimiters.contains($0) }) else { throw wrong }
        if !body.isEmpty { macro.delimiters = Set(body) }
        rest = rest[rest.index(after: end)...]
        return macro
    }

    /// Reads domain-spec: macro-string that ends in a macro or in a dot and a label that no number could be.
    init(domain source: String) throws(SPFSyntaxError) {
        try self.init(source)
        guard Self.endsAsDomain(source, lastPart: self.parts.last) else {
            throw SPFSyntaxError(reason: "'\(source.printable)' is not a domain name")
        }
    }

    private static func endsAsDomain(_ source: String, lastPart: Part?) -> Bool {
        if ["%%", "%_", "%-"].contains(where: source.hasSuffix) { return true }
        guard case .literal = lastPart else { return lastPart != nil }
        // What was escaped is no part of a label, so the label is looked for in the source.
        let labels = DomainName.withoutFinalDot(source).split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, let top = labels.last else { return false }
        return self.isTopLabel(top)
    }

    /// The toplabel of RFC 7208, 7.1.
    private static func isTopLabel(_ label: Substring) -> Bool {
        label.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" } && label.first != "-" && label.last != "-"
            && label.contains { !$0.isASCIIDigit }
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) && self.isASCII }
    var isASCIIAlpha: Bool { self.isASCII && self.isLetter }
    var isASCIIAlphanumeric: Bool { self.isASCIIAlpha || self.isASCIIDigit }
    /// U+0021 to U+007E.
    var isVisibleASCII: Bool {
        self.asciiValue.map { (0x21...0x7E).contains($0) } ?? false && self.unicodeScalars.count == 1
    }
}

extension String {
    /// Fit for a terminal and a log: visible ASCII and spaces, everything else a question mark, at most 200 characters.
    var printable: String {
        String(self.prefix(200).map { $0.isVisibleASCII || $0 == " " ? $0 : "?" })
    }
}
