import ArgumentParser

/// Every setting, explained.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Explain every setting: name, type, unit, default, and when to change it.",
        discussion: """
            Example: sluice settings --json

            What is in force here is shown by `sluice doctor`.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print the page deploy/settings.md.")
    var markdown = false

    private struct Description: Encodable {
        let name: String
        let variable: String
        let type: String
        let standard: String?
        let meaning: String
        let changeWhen: String?
    }

    func run() throws {
        if self.markdown { return Terminal.say(page: Self.page) }
        guard self.json else {
            for setting in Setting.allCases {
                Terminal.say("\(setting.rawValue)  (\(setting.kind.words))")
                for line in Self.lines(setting) { Terminal.say("    \(line)") }
            }
            return
        }
        try Terminal.say(
            json: Setting.allCases.map {
                Description(
                    name: $0.rawValue,
                    variable: $0.variable,
                    type: $0.kind.words,
                    standard: $0.standard,
                    meaning: $0.meaning,
                    changeWhen: $0.changeWhen
                )
            }
        )
    }

    private static func lines(_ setting: Setting) -> [String] {
        [setting.meaning, setting.standard.map { "Default: \($0)" }, setting.changeWhen.map { "Change: \($0)" }]
            .compactMap(\.self)
    }

    /// The page `deploy/settings.md`, which a test holds to this.
    static var page: String {
        let rows = Setting.allCases.map { setting in
            let standard = setting.standard.map { "`\($0)`" } ?? ""
            let change = setting.changeWhen ?? "At installation."
            return "| `\(setting.rawValue)` | \(setting.kind.words) | \(standard) | \(setting.meaning) | \(change) |"
        }
        return """
            # Settings

            Made by `sluice settings --markdown`; do not edit. A YAML file (`--config`, `SLUICE_CONFIG`, or
            `/etc/sluice/sluice.yaml`), and over it the environment: `broker.url` is `SLUICE_BROKER_URL`. Lists are sequences in the
            file and have commas in the environment. Secrets are read from files alone. A key in the file that is not in this table
            is refused with the nearest name; a `SLUICE_…` variable that is not is reported by `sluice worker` and passed over.
            Settings are read at start: restart after a change (a drained worker loses nothing).

            | setting | type | default | meaning | when to change |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }
}
