import Foundation

/// What Linux tells of processes on this host (proc(5)).
package enum HostProcesses {
    /// What a process has used.
    package struct Usage: Sendable, Equatable {
        /// Processor time of the process itself, in seconds.
        package var own: Double
        /// Processor time of its children that are gone, in seconds.
        package var reaped: Double
        /// The most memory it ever had resident, in bytes.
        package var peakBytes: Int
    }

    /// The unit of processor times in `/proc`: a hundredth of a second on every Linux.
    private static let ticksPerSecond = 100.0

    /// What a process has used so far; nil when it is gone.
    package static func usage(of process: Int32) -> Usage? {
        guard let stat = self.text("/proc/\(process)/stat"), let status = self.text("/proc/\(process)/status") else {
            return nil
        }
        return self.usage(stat: stat, status: status)
    }

    /// The memory a process has resident now, in bytes; nil when it is gone.
    package static func residentBytes(of process: Int32) -> Int? {
        self.text("/proc/\(process)/status").map { self.bytes("VmRSS:", in: $0) }
    }

    /// Reads the two files; the name in `stat` may hold spaces and brackets, so that fields count from its end.
    static func usage(stat: String, status: String) -> Usage? {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 14 else { return nil }
        return Usage(
            own: (fields[11] + fields[12]) / self.ticksPerSecond,
            reaped: (fields[13] + fields[14]) / self.ticksPerSecond,
            peakBytes: self.bytes("VmHWM:", in: status)
        )
    }

    private static func bytes(_ name: String, in status: String) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        let kibibytes = line.flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first }
        return (kibibytes.flatMap { Int($0) } ?? 0) * 1_024
    }

    /// The children of a process.
    package static func children(of process: Int32) -> [Int32] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return threads.flatMap { thread in
            let list = self.text("/proc/\(process)/task/\(thread)/children") ?? ""
            return list.split(separator: " ").compactMap { Int32($0) }
        }
    }

    /// The Erlang machine that listens on a port of this host; nil when there is none, or it may not be looked at.
    package static func broker(listeningOn port: UInt16) -> Int32? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { self.text($0) }
        let sockets = Set(tables.flatMap { self.listeners(on: port, in: $0) }.map { "socket:[\($0)]" })
        guard !sockets.isEmpty else { return nil }
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.lazy.compactMap { Int32($0) }.first { process in
            self.text("/proc/\(process)/comm")?.hasPrefix("beam") == true && self.holds(process, any: sockets)
        }
    }

    /// The inodes of sockets in state LISTEN (0A) on a port.
    static func listeners(on port: UInt16, in table: String) -> [Substring] {
        let digits = String(port, radix: 16, uppercase: true)
        let end = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[1].hasSuffix(end), fields[3] == "0A" else { return nil }
            return fields[9]
        }
    }

    private static func holds(_ process: Int32, any sockets: Set<String>) -> Bool {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
            return target.map { sockets.contains($0) } ?? false
        }
    }

    /// Read to the end piece by piece: files in `/proc` have no size, and a long table comes a page at a time.
    static func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }  // only read: nothing can be lost
        var bytes = Data()
        do {
            while let piece = try file.read(upToCount: 65_536), !piece.isEmpty { bytes += piece }
        } catch {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
