import Foundation
import TestSupport

/// No file of the repository knows the machine that it was written on, or where its packages came from.
enum PlaceRules {
    /// Written in two parts, as the rule reads this file too.
    private static let words: [String] = [
        "/wo" + "rk/", "/ro" + "ot/", "/opt/swift" + "-packages", "/ho" + "me/", "/opt/wh" + "eels", "pypi" + ".org",
        "pythonhosted" + ".org", "registry.npmjs" + ".org", "proxy.golang" + ".org", "deb.debian" + ".org",
    ]

    static func findings(path: String, text: String) -> [Finding] {
        let words = self.words.filter { text.contains($0) }
        guard !words.isEmpty else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            words.filter { self.holds(line, $0) }.map {
                Finding(path: path, line: index + 1, rule: "a machine's own place: \($0)")
            }
        }
    }

    /// A path counts where it starts, not in the middle of another one (`deploy/work/x`).
    private static func holds(_ line: Substring, _ word: String) -> Bool {
        line.ranges(of: word).contains { range in
            guard word.hasPrefix("/"), range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || "._-}*".contains(before))
        }
    }

    /// Every text file of the repository.
    static func all() throws -> [(path: String, text: String)] {
        try Repository.files().compactMap { path in
            (try? String(contentsOf: Repository.url(path), encoding: .utf8)).map { (path, $0) }
        }
    }
}
