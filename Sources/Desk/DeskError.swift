/// Why the desk could not do what was asked.
package struct DeskError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// There is no database yet.
        case missing
        /// The file cannot be opened or made.
        case cannotOpen
        /// The file was written by a newer version.
        case tooNew
        /// Another process is the file's owner; the reason says which and what to do.
        case taken
        /// Another program holds the file for longer than anyone waits.
        case locked
        /// A transaction failed: disk full, corrupt.
        case cannotWrite
        /// A query failed.
        case cannotRead
        /// There is no such dead letter.
        case unknownLetter
        /// The letter's state does not allow it: somebody else decided first.
        case notAllowed
        /// More letters match than may be touched at once.
        case overCap
        /// The message that would be sent breaks the contract.
        case unfit
    }

    /// What kind of failure it is.
    package let code: Code
    /// What exactly, as the rest of a sentence; never a body.
    package let reason: String

    /// Notes a failure.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// One line that says what to do.
    package var description: String {
        switch self.code {
        case .missing: "there is no desk database \(self.reason); `sluice desk` makes it on the host it runs on"
        case .cannotOpen: "cannot open the desk database \(self.reason); check desk.path, the folder and its rights"
        case .tooNew: "the desk database \(self.reason) was written by a newer version; upgrade this program"
        case .locked: "the desk database \(self.reason) is locked by another program; end that and try again"
        case .cannotWrite: "cannot write the desk database \(self.reason); check the disk"
        case .cannotRead: "cannot read the desk database \(self.reason); check the file with sqlite3"
        case .unknownLetter: "there is no dead letter \(self.reason); `sluice dead list --letters` shows their numbers"
        case .notAllowed: self.reason
        case .overCap, .taken: self.reason
        case .unfit: "it was not sent: \(self.reason)"
        }
    }
}
