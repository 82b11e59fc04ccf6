/// The fault rules with the count of calls each has seen.
struct FaultScript: Sendable {
    private var rules: [(rule: FaultRule, seen: Int)]
    private var generator: SeededGenerator

    init(_ rules: [FaultRule], seed: UInt64) {
        self.rules = rules.map { ($0, 0) }
        generator = SeededGenerator(seed: seed)
    }

    mutating func add(_ rule: FaultRule) { rules.append((rule, 0)) }

    mutating func clear() { rules = [] }

    /// The rules that are left, as they were given.
    var all: [FaultRule] { rules.map(\.rule) }

    /// Counts the call on every rule that speaks of it and returns the first fault that is due.
    mutating func fault(route: String, tenant: String?, mailbox: RouteMailbox? = nil) -> Fault? {
        var due: Fault?
        for index in rules.indices where speaks(rules[index].rule, route, tenant, mailbox) {
            rules[index].seen += 1
            let rule = rules[index].rule
            let isInside = rule.count == 0 || rules[index].seen < rule.nth + rule.count
            guard due == nil, rules[index].seen >= rule.nth, isInside else { continue }
            if rule.chance == 100 || Int.random(in: 0..<100, using: &generator) < rule.chance { due = rule.fault }
        }
        return due
    }

    private func speaks(
        _ rule: FaultRule,
        _ route: String,
        _ tenant: String?,
        _ mailbox: RouteMailbox?
    ) -> Bool {
        guard RouteName.matches(pattern: rule.route, route: route) else { return false }
        if let wanted = rule.mailbox?.lowercased() {
            guard let mailbox, [mailbox.id, mailbox.userPrincipalName].contains(wanted) else { return false }
        }
        guard let wanted = rule.tenant else { return true }
        return wanted.lowercased() == tenant
    }
}
