/// Imports follow the directions of the design.
enum ImportRules {
    static func findings(in source: SourceText) -> [Finding] {
        if source.area == "Sources", ModuleTable.sources[source.module] == nil {
            return [source.finding(0, "the target \(source.module) has no place in ModuleTable")]
        }
        return source.code.enumerated().compactMap { index, line in
            guard let module = self.module(in: line), module != source.module else { return nil }
            let isAllowed = ModuleTable.allows(module, area: source.area, target: source.module)
            return isAllowed ? nil : source.finding(index, "\(source.module) may not import \(module)")
        }
    }

    /// The module that a line imports.
    private static func module(in line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        return line.firstMatch(of: pattern).map { String($0.1) }
    }
}
