/// The targets of Package.swift and what they depend on.
struct PackageRules {
    /// One target as the manifest states it.
    struct Target: Equatable {
        let name: String
        let line: Int
        let isTest: Bool
        let dependencies: [String]
    }

    let targets: [Target]

    /// Reads a manifest: its `.target(…)` calls, and the products that its `let`s name.
    init(manifest: String) {
        let products = Dictionary(
            manifest.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/).map {
                (String($0.1), String($0.2))
            },
            uniquingKeysWith: { first, _ in first }
        )
        self.targets = manifest.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(/).map { match in
            let body = Self.call(manifest[match.range.upperBound...])
            let name = body.firstMatch(of: /name: "([\w-]+)"/).map { String($0.1) } ?? ""
            let list = body.firstMatch(of: /dependencies: \[([^\]]*)\]/).map { String($0.1) } ?? ""
            let words = list.split { !($0.isLetter || $0.isNumber || "\"-_".contains($0)) }.map(String.init)
            let isTest = match.1 == "testTarget" || body.contains("path: \"Tests/")
            return Target(
                name: name,
                line: manifest[..<match.range.lowerBound].count(where: \.isNewline),
                isTest: isTest,
                dependencies: words.map { $0.hasPrefix("\"") ? $0.replacing("\"", with: "") : products[$0] ?? $0 }
            )
        }
    }

    /// Dependencies that the design does not allow, and cycles.
    func findings() -> [Finding] {
        self.targets.flatMap { target in
            target.dependencies
                .filter { !ModuleTable.allows($0, area: target.isTest ? "Tests" : "Sources", target: target.name) }
                .map {
                    Finding(
                        path: "Package.swift",
                        line: target.line + 1,
                        rule: "\(target.name) may not depend on \($0)"
                    )
                }
        } + self.cycles()
    }

    private func cycles() -> [Finding] {
        let graph = Dictionary(self.targets.map { ($0.name, $0.dependencies) }, uniquingKeysWith: { first, _ in first })
        return self.targets.filter { target in
            var (reached, next) = (Set<String>(), target.dependencies)
            while let name = next.popLast() {
                if reached.insert(name).inserted { next += graph[name] ?? [] }
            }
            return reached.contains(target.name)
        }.map { Finding(path: "Package.swift", line: $0.line + 1, rule: "\($0.name) depends on itself") }
    }

    /// The text of a call's arguments, up to its closing parenthesis.
    private static func call(_ text: Substring) -> Substring {
        var depth = 1
        let end = text.indices.first { index in
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            return depth == 0
        }
        return text[..<(end ?? text.endIndex)]
    }
}
