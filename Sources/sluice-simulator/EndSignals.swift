import Dispatch
import Foundation

/// Waits for SIGTERM or SIGINT.
enum EndSignals {
    /// Returns when one of the two arrives; their default action is switched off first.
    static func wait() async {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int32.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrived.yield(number) }
            source.activate()
            return source
        }
        for await _ in arrivals { break }
        for source in sources { source.cancel() }
    }
}
