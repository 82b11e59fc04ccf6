/// Collects an executor's standard error: whole lines for the log, the end of it for a crash report.
struct CrashReport {
    /// How much of the end is kept, and how long a line may be, in bytes.
    static let bytesMax = 16_384

    private var tail: [UInt8] = []
    private var line: [UInt8] = []

    /// The end of what was written, in one line.
    var text: String {
        String(decoding: self.tail, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " | ")
    }

    /// Takes what was read; gives each line that is complete to the log.
    mutating func append(_ bytes: some Collection<UInt8>, log: (String) -> Void) {
        self.tail += bytes
        if self.tail.count > Self.bytesMax { self.tail.removeFirst(self.tail.count - Self.bytesMax) }
        for byte in bytes {
            if byte == 0x0A || self.line.count >= Self.bytesMax {
                log(String(decoding: self.line, as: UTF8.self))
                self.line = []
            } else {
                self.line.append(byte)
            }
        }
    }
}
