import Telemetry
import Testing

@Suite("The service manager")
struct SystemdSocketTests {
    @Test("It is there when NOTIFY_SOCKET names a socket", arguments: ["", "relative", "vsock:2:1"])
    func absent(_ socket: String) {
        #expect(SystemdSocket(environment: ["NOTIFY_SOCKET": socket], pid: 1) == nil)
        #expect(SystemdSocket(environment: [:], pid: 1) == nil)
        #expect(SystemdSocket(environment: ["NOTIFY_SOCKET": "/run/x"], pid: 1) != nil)
    }

    @Test("The watchdog counts when it is meant for this process")
    func watchdog() {
        func watchdog(_ environment: [String: String]) -> Duration? {
            SystemdSocket(environment: environment.merging(["NOTIFY_SOCKET": "@a"]) { $1 }, pid: 7)?.watchdog
        }
        #expect(watchdog(["WATCHDOG_USEC": "3000000"]) == .seconds(3))
        #expect(watchdog(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"]) == .seconds(3))
        #expect(watchdog(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
        #expect(watchdog([:]) == nil)
    }

    @Test("A socket that nobody listens on, or whose name is too long, is no reason to fail")
    func unheard() throws {
        let gone = try #require(SystemdSocket(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"], pid: 1))
        #expect(gone.tell(.ready) == false)
        let long = "/" + String(repeating: "a", count: 200)
        #expect(try #require(SystemdSocket(environment: ["NOTIFY_SOCKET": long], pid: 1)).tell(.ready) == false)
    }
}
