/// Words that must not stand in code.
enum WordRules {
    /// The executables: they alone read the environment, print and exit.
    static let executables: Set<String> = ["sluice", "sluice-simulator"]

    /// Files that may read the environment, with the reason.
    static let environmentReasons: [String: String] = [
        "Tests/ExecutorsTests/OutboundDNSFaultTests.swift": "the length of the run over bad DNS is chosen from outside",
        "Tests/TestSupport/Effort.swift": "how much a long test does is chosen from outside",
        "Tests/TestSupport/Repository.swift": "SLUICE_PYTHON names the interpreter of the checks",
        "Tests/TestSupport/Broker.swift": "deploy/test says where its broker listens",
        "Tests/AcceptanceTests/SoakTests.swift": "deploy/test --soak says with which seed",
    ]

    /// The one file that may sleep: it waits for conditions with a deadline.
    static let waiting = "Tests/TestSupport/Eventually.swift"

    static func findings(in source: SourceText) -> [Finding] {
        let rules = self.rules(for: source).filter { source.text.contains($0.word) }
        return source.code.enumerated().flatMap { index, line in
            // The plain search first: a regex over every line would take minutes.
            rules.filter { line.contains($0.word) && line.contains($0.pattern) }.map {
                source.finding(index, $0.reason)
            }
        } + self.bareTasks(in: source) + self.promises(in: source)
    }

    private struct Rule {
        let word: String
        let pattern: Regex<Substring>
        let reason: String
    }

    private static func rules(for source: SourceText) -> [Rule] {
        var rules = [
            Rule(word: "try", pattern: /\btry!/, reason: "`try!` traps; throw or handle"),
            Rule(word: "as!", pattern: /\bas!/, reason: "`as!` traps; use `as?`"),
            Rule(
                word: "Process",
                pattern: /\bProcess(?:\(\)|\.run\b)/,
                reason: "Foundation's Process may crash with 1,300 open files; see ChildProcess"
            ),
            Rule(word: "ublic", pattern: /\b[p]ublic\b/, reason: "no access beyond package"),
        ]
        if source.module != "AMQP" {
            let reason = "unchecked concurrency belongs to AMQP alone"
            rules.append(Rule(word: "unchecked", pattern: /@unchecked\s+Sendable/, reason: reason))
            rules.append(Rule(word: "unsafe", pattern: /nonisolated\(unsafe\)/, reason: reason))
        }
        if !self.executables.contains(source.module) { rules += self.rulesOutsideExecutables(source) }
        if source.area == "Tests", source.path != self.waiting {
            let reason = "tests do not sleep; wait for a condition (\(self.waiting))"
            rules.append(Rule(word: "sleep", pattern: /\b(?:Task|Thread)\.sleep\b/, reason: reason))
            rules.append(Rule(word: "sleep", pattern: /(?:^|[^.\w])u?sleep\(/, reason: reason))
        }
        return rules
    }

    private static func rulesOutsideExecutables(_ source: SourceText) -> [Rule] {
        var rules = [
            Rule(word: "rint(", pattern: /(?:^|[^.\w])(?:debugP|p)rint\((?!.*to: &)/, reason: "only executables print")
        ]
        for word in ["exit(", "abort(", "fatalError("] {
            rules.append(
                Rule(
                    word: word,
                    pattern: /(?:^|[^.\w])(?:_exit|exit|abort|fatalError)\(/,
                    reason: "only executables end the process"
                )
            )
        }
        if self.environmentReasons[source.path] == nil {
            let reason = "only executables read the environment"
            rules.append(
                Rule(word: ".environment", pattern: /\bProcessInfo\.processInfo\.environment\b/, reason: reason)
            )
            rules.append(Rule(word: "getenv", pattern: /(?:^|[^.\w])(?:secure_)?getenv\(/, reason: reason))
        }
        return rules
    }

    /// A task outside a group needs a comment on the line above that says who waits for it.
    private static func bareTasks(in source: SourceText) -> [Finding] {
        guard source.text.contains("Task") else { return [] }
        let pattern = /\bTask(\.detached)?\s*(\([^()]*\))?\s*\{/
        return source.code.indices.compactMap { index in
            guard source.code[index].contains("Task"), source.code[index].contains(pattern) else { return nil }
            let above = index > 0 ? source.lines[index - 1].drop { $0 == " " } : ""
            return above.hasPrefix("//")
                ? nil : source.finding(index, "a bare Task needs a comment above that says why")
        }
    }

    private static func promises(in source: SourceText) -> [Finding] {
        let words = ["TO" + "DO", "FIX" + "ME"].filter { source.text.contains($0) }
        guard !words.isEmpty else { return [] }
        return source.lines.enumerated().compactMap { index, line in
            guard words.contains(where: { line.contains($0) }) else { return nil }
            return source.finding(index, "work left open belongs in an issue")
        }
    }
}
