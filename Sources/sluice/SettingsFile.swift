import Foundation
import Yams

/// What a settings file may hold: known keys, once each.
///
/// The reader of values passes over keys it is not asked for, and so would take a typing error for silence.
enum SettingsFile {
    /// Throws the first key that is no setting, with its line and the nearest name.
    static func check(_ yaml: String, path: String) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw CommandFailure.failed("\(path) is not YAML: \(String(describing: error).firstLine)")
        }
        guard let root else { return }  // an empty file
        guard case .mapping(let mapping) = root else {
            throw CommandFailure.failed("\(path) is no mapping of settings; write keys such as `broker:`")
        }
        try self.check(mapping, prefix: "", path: path)
    }

    private static func check(_ mapping: Node.Mapping, prefix: String, path: String) throws {
        for (key, value) in mapping {
            let part = key.string ?? ""
            let name = prefix + part
            if case .mapping(let inner) = value, Setting.allCases.contains(where: { $0.rawValue.hasPrefix(name + ".") })
            {
                try self.check(inner, prefix: name + ".", path: path)
            } else if part.contains(".") || Setting(rawValue: name) == nil {
                let line = key.mark.map { " in line \($0.line)" } ?? ""
                throw CommandFailure.failed("\(path): there is no setting \(name)\(line); \(self.hint(for: name))")
            }
        }
    }

    /// What may have been meant.
    private static func hint(for name: String) -> String {
        if Setting(rawValue: name) != nil {
            return "write it as `\(name.prefix { $0 != "." }):` and the rest below it, a level a line"
        }
        guard let nearest = self.nearest(to: name, \.rawValue), nearest.edits <= nearest.setting.rawValue.count / 2
        else { return "`sluice settings` lists all" }
        return "did you mean \(nearest.setting.rawValue)?"
    }

    /// The setting whose name is nearest; the length of an edit is what Swift's own difference counts.
    private static func nearest(
        to name: String,
        _ spelling: (Setting) -> String
    ) -> (setting: Setting, edits: Int)? {
        Setting.allCases.map { (setting: $0, edits: name.difference(from: spelling($0)).count) }
            .min { $0.edits < $1.edits }
    }

    /// So few edits away from a setting's variable another one is a typing error.
    private static let typingErrorMax = 4

    /// Throws the first variable that is a setting's but for a typing error.
    ///
    /// Others that begin as ours do may be somebody else's, such as Kubernetes' own for a service called `sluice`.
    static func check(_ environment: [String: String]) throws {
        for variable in self.unknownVariables(environment) {
            guard let nearest = self.nearest(to: variable, \.variable), nearest.edits <= self.typingErrorMax else {
                continue
            }
            throw CommandFailure.failed(
                "there is no setting \(variable) in the environment; did you mean \(nearest.setting.variable)?"
            )
        }
    }

    /// The `SLUICE_…` variables of an environment that are no settings.
    static func unknownVariables(_ environment: [String: String]) -> [String] {
        let known = Set(Setting.allCases.map(\.variable)).union(["SLUICE_CONFIG"])
        return environment.keys.filter { $0.hasPrefix("SLUICE_") && !known.contains($0) }.sorted()
    }
}

extension String {
    fileprivate var firstLine: Substring { self.prefix { !$0.isNewline } }
}
