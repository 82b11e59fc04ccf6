/// Puts values in the place of macros (RFC 7208, 7.2 and 7.3).
struct MacroExpansion {
    let question: SPFQuestion
    /// The domain of the record that is being evaluated: the `d` macro.
    let domain: String
    /// The value of the `p` macro, needed by texts for which ``MacroText/usesValidatedName`` holds.
    var validatedName = "unknown"
    /// Whether the digits of an IPv6 address are capitals: in names case means nothing, and in explanations the test suite of
    /// openspf.org has them so.
    var hasCapitalDigits = false
    /// Seconds since 1970, for the `t` macro.
    var now = 0

    /// The name that a domain-spec stands for; labels on the left are dropped until it fits 253 bytes.
    func name(_ text: MacroText) -> String {
        var name = Substring(DomainName.withoutFinalDot(self.text(text)))
        while name.utf8.count > DomainName.lengthMax, let dot = name.firstIndex(of: ".") {
            name = name[name.index(after: dot)...]
        }
        return String(name)
    }

    /// The whole text.
    func text(_ text: MacroText) -> String {
        text.parts.map { part in
            switch part {
            case .literal(let literal): literal
            case .macro(let macro): self.value(macro)
            }
        }.joined()
    }

    private func value(_ macro: MacroText.Macro) -> String {
        var labels = self.raw(macro.letter).split(omittingEmptySubsequences: false) { macro.delimiters.contains($0) }
        if macro.isReversed { labels.reverse() }
        if let count = macro.count { labels = Array(labels.suffix(count)) }
        let value = labels.joined(separator: ".")
        return macro.isEscaped ? Self.escaped(value) : value
    }

    private func raw(_ letter: Character) -> String {
        switch letter {
        case "s": self.question.sender
        case "l": self.question.localPart
        case "o": self.question.senderDomain
        case "d": self.domain
        case "i": self.addressLabels
        case "p": self.validatedName
        case "v": self.question.address.isIPv4 ? "in-addr" : "ip6"
        case "h": self.question.helo
        case "c": self.question.address.description
        case "r": self.question.receiver
        case "t": String(self.now)
        default: ""
        }
    }

    private var addressLabels: String {
        let labels = self.question.address.macroLabels.joined(separator: ".")
        return self.hasCapitalDigits ? labels.uppercased() : labels
    }

    /// Everything but RFC 3986's unreserved characters, as `%` and two hexadecimal digits.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCIIAlphanumeric || "-._~".contains(character) { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

extension MacroText {
    /// Whether it asks for the name of the address, which costs DNS lookups.
    var usesValidatedName: Bool {
        self.parts.contains { part in
            guard case .macro(let macro) = part else { return false }
            return macro.letter == "p"
        }
    }
}
