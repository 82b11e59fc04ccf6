/// How each mechanism finds out whether it matches (RFC 7208, section 5).
extension SPFEvaluation {
    func matches(_ mechanism: SPFMechanism, _ domain: String, _ depth: Int) async throws(Stop) -> Bool {
        switch mechanism {
        case .all: true
        case .address(let address, let bits): self.question.address.matches(address, bits: bits)
        case .include(let target): try await self.includes(await self.name(target, domain), depth)
        case .exists(let target): try await !self.require(await self.name(target, domain), .a).isEmpty
        case .a(let target, let lengths): try await self.hasAddress(await self.target(target, domain), lengths)
        case .mx(let target, let lengths): try await self.hasExchange(await self.target(target, domain), lengths)
        case .ptr(let target): try await self.isNamed(await self.target(target, domain))
        }
    }

    private func target(_ text: MacroText?, _ domain: String) async -> String {
        guard let text else { return DomainName.withoutFinalDot(domain) }
        return await self.name(text, domain)
    }

    /// The name that a domain-spec stands for.
    func name(_ text: MacroText, _ domain: String) async -> String {
        await self.expansion(domain, for: text).name(text)
    }

    /// The macros' values for one text.
    private func expansion(_ domain: String, for text: MacroText) async -> MacroExpansion {
        var expansion = MacroExpansion(question: self.question, domain: domain, now: self.now)
        if text.usesValidatedName { expansion.validatedName = await self.validatedName(for: domain) }
        return expansion
    }

    private var addressType: DNSRecordType { self.question.address.isIPv4 ? .a : .aaaa }

    private func hasAddress(_ name: String, _ lengths: PrefixLengths) async throws(Stop) -> Bool {
        self.holds(try await self.require(name, self.addressType), lengths.bits(for: self.question.address))
    }

    private func holds(_ records: [DNSRecord], _ bits: Int) -> Bool {
        records.contains { record in
            guard case .address(let address) = record else { return false }
            return self.question.address.matches(address, bits: bits)
        }
    }

    /// More than ten exchangers are refused before any is looked up, so that their order decides nothing.
    private func hasExchange(_ name: String, _ lengths: PrefixLengths) async throws(Stop) -> Bool {
        let exchanges = MailExchange.sorted(try await self.require(name, .mx))
        guard exchanges.count <= Self.namesMax else {
            throw self.stop(.permerror, "\(name.printable) has more than \(Self.namesMax) mail exchangers")
        }
        for exchange in exchanges where !exchange.host.isEmpty {
            if try await self.hasAddress(exchange.host, lengths) { return true }
        }
        return false
    }

    /// Whether a name of the address that leads back to it is the target or lies below it (RFC 7208, 5.5).
    private func isNamed(_ target: String) async throws(Stop) -> Bool {
        let answer = await self.ask(self.question.address.reverseName, .ptr)
        if answer == .noData || answer == .nxDomain { try self.countVoid() }
        return await self.validatedName(among: answer.records) { DomainName.isAtOrBelow($0, target) } != nil
    }

    /// The `p` macro: the domain itself if it is a name of the address, else one below it, else any (RFC 7208, 7.3).
    private func validatedName(for domain: String) async -> String {
        var (below, other): (String?, String?)
        let records = await self.ask(self.question.address.reverseName, .ptr).records
        let exact = await self.validatedName(among: records) { name in
            if name.lowercased() == DomainName.withoutFinalDot(domain).lowercased() { return true }
            if DomainName.isAtOrBelow(name, domain) { below = below ?? name } else { other = other ?? name }
            return false
        }
        return exact ?? below ?? other ?? "unknown"
    }

    /// The first name of the address that leads back to it and suits; DNS failures make a name not suit.
    ///
    /// Of more than ten names the first ten are looked at (RFC 7208, 4.6.4).
    private func validatedName(among records: [DNSRecord], _ suits: (String) -> Bool) async -> String? {
        for record in records.prefix(Self.namesMax) {
            guard case .name(let name) = record else { continue }
            let addresses = await self.ask(name, self.addressType).records
            let bits = self.question.address.isIPv4 ? 32 : 128
            if self.holds(addresses, bits), suits(name) { return name }
        }
        return nil
    }

    /// The text behind `exp=`; nil on every kind of trouble (RFC 7208, 6.2).
    func explanation(_ text: MacroText, of domain: String) async -> String? {
        let records = await self.ask(await self.name(text, domain), .txt).records
        guard records.count == 1, case .text(let bytes) = records.first, bytes.allSatisfy({ $0 < 0x80 }),
            let explanation = try? MacroText(String(decoding: bytes, as: UTF8.self), isExplanation: true)
        else { return nil }
        var expansion = await self.expansion(domain, for: explanation)
        expansion.hasCapitalDigits = true
        let expanded = expansion.text(explanation)
        // Macros bring in what the sender chose, which must not steer a terminal.
        let harmless = expanded.unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(harmless).prefix(SPFVerdict.explanationMax))
    }
}
