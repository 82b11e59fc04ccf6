/// Which Sluice this is.
enum Version {
    /// The version, as CHANGELOG.md has it.
    static let number = "0.2.0"

    /// Version and build as one line.
    static var line: String { "sluice \(self.number) (\(self.build), Swift \(self.compiler))" }

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
