import ArgumentParser
import Configuration
import Foundation
import Logging
import SystemPackage
import Telemetry

/// The settings in force: environment first, then the YAML file, then the standard.
struct Settings: Sendable {
    private static let standardFile = "/etc/sluice/sluice.yaml"

    private let reader: ConfigReader

    /// Reads the file that `--config` or SLUICE_CONFIG names, or the standard one where it exists.
    static func load(_ file: String?) async throws -> Settings {
        let variables = ProcessInfo.processInfo.environment
        try SettingsFile.check(variables)
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "sluice")
        let named = file ?? variables["SLUICE_CONFIG"]
        let path = named ?? (FileManager.default.fileExists(atPath: self.standardFile) ? self.standardFile : nil)
        guard let path else { return Settings(reader: ConfigReader(providers: [environment])) }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.failed("cannot read the configuration \(path); check that it exists and may be read")
        }
        try SettingsFile.check(String(decoding: content, as: UTF8.self), path: path)
        do {
            let yaml = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
            return Settings(reader: ConfigReader(providers: [environment, yaml]))
        } catch {
            throw CommandFailure.failed(
                "cannot read the configuration \(path): a value of it is no text, number or list"
            )
        }
    }

    /// The value of a setting, or its standard.
    func text(_ setting: Setting) -> String? {
        let value = self.reader.string(forKey: ConfigKey(setting.rawValue))
        return value.flatMap { $0.isEmpty ? nil : $0 } ?? setting.standard
    }

    /// The value of a setting that has to be there.
    func required(_ setting: Setting) throws -> String {
        guard let value = self.text(setting) else {
            throw CommandFailure.failed("\(setting.rawValue) is not set; set it in the file or as \(setting.variable)")
        }
        return value
    }

    /// The values of a list, or its standard.
    func list(_ setting: Setting) -> [String] {
        let values =
            self.reader.stringArray(forKey: ConfigKey(setting.rawValue))
            ?? setting.standard?.split(separator: ",").map(String.init) ?? []
        return values.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A whole number within the bounds of the setting's kind.
    func number(_ setting: Setting) throws -> Int {
        guard case .number(let bounds, _) = setting.kind else {
            throw CommandFailure.failed("\(setting.rawValue) is no number")
        }
        let text = self.text(setting)
        guard let value = text.flatMap({ Int($0) }), bounds.contains(value) else {
            throw CommandFailure.failed(
                "\(setting.rawValue) must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
            )
        }
        return value
    }

    /// The content of the file that a setting names, without the line end at its end; nil when none is named.
    func secret(_ setting: Setting) throws -> String? {
        guard let path = self.text(setting) else { return nil }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.failed(
                "cannot read the file \(path) that \(setting.rawValue) names; check its path and rights"
            )
        }
        return String(decoding: content, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// The setting as one line for another process or for `doctor`.
    func line(_ setting: Setting) -> String? {
        guard setting.isList else { return self.text(setting) }
        let values = self.list(setting)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "A YAML file with settings; SLUICE_CONFIG does the same.")
    var config: String?

    func settings() async throws -> Settings { try await Settings.load(self.config) }
}

extension Settings {
    /// The logger of a service, which says at its start what of the environment it passes over.
    ///
    /// Its level is that of `threshold`, where one is given that is set later.
    func serviceLogger(_ label: String, threshold: LogThreshold? = nil) throws -> Logger {
        let logger = try self.logger(label, threshold: threshold)
        for variable in SettingsFile.unknownVariables(ProcessInfo.processInfo.environment) {
            logger.warning("an environment variable is no setting", metadata: ["variable": "\(variable)"])
        }
        return logger
    }

    /// A logger that writes to standard error, at the level that `log.level` asks for.
    func logger(_ label: String, threshold: LogThreshold? = nil) throws -> Logger {
        let threshold = threshold ?? LogThreshold(.info)
        threshold.level = try self.logLevel()
        let handler: any LogHandler =
            switch try self.required(.logFormat) {
            case "text": StreamLogHandler.standardError(label: label)
            case "json": JSONLogHandler(label: label, now: { Date() }, write: { Terminal.complain(jsonText: $0) })
            default: throw CommandFailure.failed("log.format must be text or json")
            }
        return Logger(label: label) { _ in ThresholdLogHandler(handler, threshold) }
    }

    /// What `log.level` asks for.
    func logLevel() throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: try self.required(.logLevel)) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.failed("log.level must be one of \(levels)")
        }
        return level
    }

    /// The settings that differ from others, by name.
    func differences(from other: Settings) -> [String] {
        Setting.allCases.filter { self.line($0) != other.line($0) }.map(\.rawValue)
    }
}
