import Testing

/// A rule that cannot find anything is a defect: each is shown a breach and the right way.
@Suite("Every rule finds its breach")
struct RuleTests {
    @Test(
        "Imports",
        arguments: [
            ("JobModel", "import GRDB", true), ("JobModel", "import Foundation", false),
            ("Ledger", "import GRDB", false),
            ("WorkerRuntime", "package import Executors", true), ("Executors", "import JobQueue", true),
            ("Microsoft365", "import JobQueue", true), ("JobQueue", "import CRabbitMQ", true),
            ("Operations", "import AsyncHTTPClient", true), ("JobQueue", "internal import Glibc", true),
            ("AMQP", "import JobModel", true), ("Console", "import Hummingbird", false), ("Nowhere", "let a = 1", true),
            ("sluice", "import Simulator", true), ("JobModel", "// import GRDB", false),
            ("JobModel", "@preconcurrency import struct GRDB.Row", true),
        ]
    )
    func imports(module: String, line: String, isBreach: Bool) {
        #expect(ImportRules.findings(in: self.source("Sources/\(module)/A.swift", line)).isEmpty != isBreach)
    }

    @Test(
        "Words",
        arguments: [
            ("try! f()", true), ("try? f()", false), ("let s = \"try! f()\"", false),
            ("let s = \"\\(try! f())\"", true),
            ("// try! is forbidden", false), ("x as! Int", true), ("public let x = 1", true),
            ("let publicKey = 1", false), ("let process = Process()", true), ("ExecutorProcess()", false),
            ("try Process.run(url, arguments: [])", true), ("Subprocess.run(x)", false),
            ("final class A: @unchecked Sendable {}", true), ("nonisolated(unsafe) var x = 1", true),
            ("let e = ProcessInfo.processInfo.environment", true), ("getenv(\"X\")", true), ("print(\"x\")", true),
            ("self.print(x)", false), ("fingerprint(x)", false), ("exit(1)", true), ("process.exit(1)", false),
            ("fatalError()", true), ("print(x, to: &text)", false), ("dump(x, to: &text)", false),
            ("Task { await f() }", true), ("Task.detached {", true), ("Task(priority: .low) {", true),
            ("// Ends with the connection.\nTask { await f() }", false), ("withTaskGroup {", false),
            ("let t: Task<Void, Never>", false),
            ("// TO" + "DO: later", true), ("/* a /* b */ try! */ let x = 1", false),
            ("let s = \"\"\"\n  print(\"x\")\n  \"\"\"", false), ("let s = #\"print(\"x\")\"#; print(s)", true),
            ("try await Task.sleep(for: .seconds(1))", false),
        ]
    )
    func words(code: String, isBreach: Bool) {
        #expect(WordRules.findings(in: self.source("Sources/JobModel/A.swift", code)).isEmpty != isBreach)
    }

    @Test(
        "Words that depend on the place",
        arguments: [
            ("Sources/sluice/A.swift", "print(1); exit(1)", false),
            ("Sources/sluice-simulator/A.swift", "print(1)", false),
            ("Tests/LedgerTests/A.swift", "print(1)", true),
            ("Tests/LedgerTests/A.swift", "try await Task.sleep(for: x)", true),
            ("Tests/LedgerTests/A.swift", "usleep(1)", true),
            ("Tests/TestSupport/Eventually.swift", "Task.sleep(for: x)", false),
            ("Sources/AMQP/A.swift", "final class A: @unchecked Sendable {}", false),
            ("Tests/TestSupport/Broker.swift", "ProcessInfo.processInfo.environment[x]", false),
        ]
    )
    func places(path: String, code: String, isBreach: Bool) {
        #expect(WordRules.findings(in: self.source(path, code)).isEmpty != isBreach)
    }

    @Test("A file of 400 lines passes, one of 401 does not", arguments: [(400, false), (401, true)])
    func fileLength(lines: Int, isBreach: Bool) {
        let text = String(repeating: "let x = 1\n", count: lines)
        #expect(ShapeRules.findings(in: self.source("Sources/JobModel/A.swift", text)).isEmpty != isBreach)
    }

    @Test(
        "A function of 70 lines passes, one of 71 does not",
        arguments: [
            ("func f() {\n", 68, false), ("func f() {\n", 69, true), ("init?(a: [Int] = [1, 2]) {\n", 69, true),
            ("deinit {\n", 69, true),
            ("func f(\n  a: () -> Void = { },\n  b: Int\n)\nthrows(E) -> Int\nwhere T: U {\n", 64, true),
            ("let s = \"func f() {\"\n", 100, false), ("func f()\n", 100, false),
        ]
    )
    func functionLength(head: String, lines: Int, isBreach: Bool) {
        let body = String(repeating: "    if x { y(\"}\") } // }\n", count: lines)
        #expect(
            ShapeRules.findings(in: self.source("Sources/JobModel/A.swift", head + body + "}\n")).isEmpty != isBreach
        )
    }

    @Test(
        "Declarations that other modules see",
        arguments: [
            ("package func f() {}", true), ("/// Says.\npackage func f() {}", false),
            ("// Says.\npackage func f() {}", true),
            ("/// Says.\n@discardableResult\npackage func f() {}", false), ("/// Says.\n\npackage let x = 1", true),
            ("package init(a: Int) {}", true), ("    package init?(a: Int) {}", true),
            ("package static let x = 1", true),
            ("@concurrent package static func f() {}", true), ("package import Foundation", false),
            ("let package = 1", false),
            ("nonisolated package var x: Int { 1 }", true), ("func f() {}", false), ("package struct A {}", true),
        ]
    )
    func comments(code: String, isBreach: Bool) {
        #expect(ShapeRules.findings(in: self.source("Sources/JobModel/A.swift", code)).isEmpty != isBreach)
    }

    @Test(
        "File names",
        arguments: [
            ("JobHelpers", true), ("Utils", true), ("CommonTypes", true), ("ConnectionManager", true),
            ("BaseExecutor", true),
            ("Base64URL", false), ("Database", false), ("Envelope", false),
        ]
    )
    func names(name: String, isBreach: Bool) {
        #expect(ShapeRules.findings(in: self.source("Sources/JobModel/\(name).swift", "let x = 1")).isEmpty != isBreach)
    }

    @Test(
        "Places",
        arguments: [
            ("see /wo" + "rk/main", true), ("\"/ro" + "ot/x\"", true), ("https://pypi" + ".org/simple", true),
            ("Sources/net" + "/wo" + "rk/", false), ("file:///wo" + "rk/x", true), ("${x}/wo" + "rk/y", false),
            ("/tmp/x", false),
        ]
    )
    func machinePlaces(line: String, isBreach: Bool) {
        #expect(PlaceRules.findings(path: "README.md", text: line).isEmpty != isBreach)
    }

    @Test("The manifest's wrong directions and cycles")
    func manifest() {
        let rules = PackageRules(
            manifest: """
                let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
                .target(name: "JobModel", dependencies: ["Ledger", grdb], swiftSettings: strict),
                .target(name: "Ledger", dependencies: ["JobModel", grdb]),
                .testTarget(
                    name: "LedgerTests",
                    dependencies: ["Ledger", "CRabbitMQ"]),
                """
        )
        #expect(
            rules.findings().map(\.rule) == [
                "JobModel may not depend on Ledger", "JobModel may not depend on GRDB",
                "LedgerTests may not depend on CRabbitMQ",
                "JobModel depends on itself", "Ledger depends on itself",
            ]
        )
        #expect(rules.findings().map(\.line) == [2, 2, 4, 2, 3])
    }

    private func source(_ path: String, _ text: String) -> SourceText { SourceText(path: path, text: text) }
}
