import Foundation
import Logging

/// Sends every call.
struct Sender: Sendable {
    let tenant: UUID
    let login: Login
    let limits: RequestLimits
    let transport: Transport
    let logger: Logger
}
