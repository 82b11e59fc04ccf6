import Foundation

/// The right of one process to a database file, held for as long as this object lives: flock(2) on `<file>.lock`.
///
/// Beside the file and not on it: a process that closes any descriptor of a file drops the locks that SQLite holds there
/// (fcntl(2)). Who only looks into the file, or decides about what it holds, needs no such right.
package final class FileOwnership: Sendable {
    /// Why the right could not be had.
    package enum Refusal: Error, Sendable, Equatable {
        /// Another process has it; its number, where the file tells.
        case taken(by: Int32?)
        /// The lock file cannot be made or read, in the system's words.
        case unusable(String)

        /// What is wrong and what to do.
        ///
        /// `setting` names the file, `service` who may have it.
        package func words(setting: String, service: String, path: String) -> String {
            switch self {
            case .taken(let process):
                let owner = process.map { "\(service) (pid \($0))" } ?? service
                return "\(setting): another \(owner) has \(path). End it, or give this one a file of its own."
            case .unusable(let reason):
                return "\(setting): cannot lock \(path).lock: \(reason). Check the folder and its rights."
            }
        }
    }

    private let descriptor: Int32

    /// Takes the right, without waiting.
    package init(of path: String) throws(Refusal) {
        let file = path + ".lock"
        while true {
            let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .unusable(String(cString: strerror(errno))) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let reason = errno
                let owner = Self.owner(descriptor)
                close(descriptor)
                guard reason == EWOULDBLOCK else { throw .unusable(String(cString: strerror(reason))) }
                throw .taken(by: owner)
            }
            // Somebody may have removed the file between our two calls: a lock on a file that is gone keeps nobody out.
            if Self.isSame(descriptor, file) {
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        let mark = Array("\(getpid())\n".utf8)
        _ = ftruncate(self.descriptor, 0)
        _ = pwrite(self.descriptor, mark, mark.count, 0)
    }

    deinit { close(self.descriptor) }

    private static func isSame(_ descriptor: Int32, _ file: String) -> Bool {
        var (held, found) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && stat(file, &found) == 0 && held.st_ino == found.st_ino
            && held.st_dev == found.st_dev
    }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { $0 != 0x0A }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}
