import Glibc
import NIOCore

/// Why health and metrics are not served.
package enum MonitorError: Error, Sendable, Equatable {
    /// Another program listens there.
    case inUse
    /// This host has no such address.
    case noSuchAddress
    /// This user may not listen there.
    case notAllowed
    /// The server ended, or could not begin, for another reason.
    case ended(String)

    init(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .inUse
        case EADDRNOTAVAIL: self = .noSuchAddress
        case EACCES, EPERM: self = .notAllowed
        default: self = .ended((error as? IOError)?.description ?? "\(type(of: error))")
        }
    }

    /// What is wrong with an address, and what to do.
    package func words(about address: String) -> String {
        switch self {
        case .inUse: "\(address) is in use. Set another address, or end the program that listens there (`ss -ltnp`)."
        case .noSuchAddress: "this host has no address \(address). Set one that `ip address` shows."
        case .notAllowed: "this user may not listen on \(address). Set a port above 1023."
        case .ended(let reason): "\(address) is no longer served (\(reason)). Start the service again."
        }
    }
}
