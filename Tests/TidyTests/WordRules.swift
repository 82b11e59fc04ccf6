/// Words that must not stand in code.
enum WordRules {
    /// The executables: they alone read the environment, print and exit.
    static let executables: Set<String> = ["sluice", "sluice-simulator"]

    /// Files that may read the environment, with the reason.
    static let environmentReasons: [String: String] = [
        "Tests/TestSupport/Repository.swift": "SLUICE_PYTHON names the interpreter of the checks",
        "Tests/TestSupport/Broker.swift": "deploy/test says where its broker listens",
    ]

    /// The one file that may sleep: it waits for conditions with a deadline.
    static let waiting = "Tests/TestSupport/Eventually.swift"

    static func findings(in source: SourceText) -> [Finding] {
        source.code.enumerated().flatMap { index, line in
            self.breaches(in: line, of: source).map { source.finding(index, $0) }
        } + self.bareTasks(in: source) + self.promises(in: source)
    }

    private static func breaches(in line: String, of source: SourceText) -> [String] {
        var found: [String] = []
        if line.contains(/\btry!/) { found.append("`try!` traps; throw or handle") }
        if line.contains(/\bas!/) { found.append("`as!` traps; use `as?`") }
        if line.contains(/\bpublic\b/) { found.append("nothing is public; use package") }
        if source.module != "AMQP", line.contains(/@unchecked\s+Sendable|nonisolated\(unsafe\)/) {
            found.append("unchecked concurrency belongs to AMQP alone")
        }
        if !self.executables.contains(source.module) || source.area == "Tests" {
            found += self.outside(line, source)
        }
        if source.area == "Tests", source.path != self.waiting, line.contains(/\bTask\.sleep\b|\bThread\.sleep\b|(?<![.\w])u?sleep\(/) {
            found.append("tests do not sleep; wait for a condition (\(self.waiting))")
        }
        return found
    }

    private static func outside(_ line: String, _ source: SourceText) -> [String] {
        var found: [String] = []
        let readsEnvironment = line.contains(/\bProcessInfo\.processInfo\.environment\b|(?<![.\w])(secure_)?getenv\(/)
        if readsEnvironment, self.environmentReasons[source.path] == nil {
            found.append("only executables read the environment")
        }
        if line.contains(/(?<![.\w])(debugPrint|print|dump)\(/) { found.append("only executables print") }
        if line.contains(/(?<![.\w])(_exit|exit|abort|fatalError)\(/) { found.append("only executables end the process") }
        return found
    }

    /// A task outside a group needs a comment on the line above that says who waits for it.
    private static func bareTasks(in source: SourceText) -> [Finding] {
        source.code.indices.compactMap { index in
            guard source.code[index].contains(/\bTask(\.detached)?\s*(\([^()]*\))?\s*\{/) else { return nil }
            let above = index > 0 ? source.lines[index - 1].drop { $0 == " " } : ""
            return above.hasPrefix("//") ? nil : source.finding(index, "a bare Task needs a comment above that says why")
        }
    }

    private static func promises(in source: SourceText) -> [Finding] {
        zip(source.lines, source.code).enumerated().compactMap { index, pair in
            // What is in the line but not in its code is comment or string.
            let words = ["TODO", "FIX" + "ME"].filter { pair.0.contains($0) && !pair.1.contains($0) && pair.0.contains("//") }
            return words.isEmpty ? nil : source.finding(index, "work left open belongs in an issue")
        }
    }
}
