import Foundation
import TestSupport
import Testing

@Suite("The repository keeps the rules that a program can check")
struct TidyTests {
    private static let sources = Result { try SourceText.all() }

    @Test("Imports follow the directions of the design")
    func imports() throws { self.expectNone(try Self.sources.get().flatMap(ImportRules.findings)) }

    @Test("The manifest's targets follow the directions of the design")
    func manifest() throws {
        let text = try String(contentsOf: Repository.url("Package.swift"), encoding: .utf8)
        let rules = PackageRules(manifest: text)
        #expect(rules.targets.count > 20)
        self.expectNone(rules.findings())
    }

    @Test("No words that trap, print, exit, sleep or promise")
    func words() throws { self.expectNone(try Self.sources.get().flatMap(WordRules.findings)) }

    @Test("Files and functions stay short and named, and what other modules see is explained")
    func shapes() throws { self.expectNone(try Self.sources.get().flatMap(ShapeRules.findings)) }

    @Test("No file knows the machine it was written on")
    func places() throws {
        self.expectNone(try PlaceRules.all().flatMap { PlaceRules.findings(path: $0.path, text: $0.text) })
    }

    @Test("Only targets with a reason use C, and every exception for a file is still needed")
    func exceptions() throws {
        let withC = ModuleTable.sources.filter { !$0.value.system.isDisjoint(with: ["CAres", "Glibc"]) }
        #expect(Set(withC.keys) == Set(ModuleTable.cReasons.keys))
        for path in WordRules.environmentReasons.keys {
            let source = try Self.sources.get().first { $0.path == path }
            #expect(source?.code.contains { $0.contains(".environment") } == true, "\(path) reads no environment")
        }
    }

    private func expectNone(_ findings: [Finding]) {
        #expect(findings.isEmpty, "\n\(findings.map(\.description).joined(separator: "\n"))")
    }
}
