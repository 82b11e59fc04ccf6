import AMQP
import Ledger

/// Which Sluice this is.
enum Version {
    /// The version, as CHANGELOG.md has it.
    static let number = "0.2.0"

    /// Version, build and the libraries it runs with as one line.
    static var line: String {
        let libraries = "librabbitmq \(ClientVersion.librabbitmq), SQLite \(EngineVersion.sqlite)"
        return "sluice \(self.number) (\(self.build), Swift \(self.compiler), \(libraries))"
    }

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
