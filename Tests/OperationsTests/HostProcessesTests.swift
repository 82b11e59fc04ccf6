import Foundation
import Testing

@testable import Operations

@Suite("Processes of this host")
struct HostProcessesTests {
    @Test("A name with spaces and brackets does not shift the fields")
    func readsNames() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 300 100 20 0 1 0 5 6 7"
        let usage = HostProcesses.usage(stat: stat, status: "Name:\ta\nVmHWM:\t   2048 kB\nVmRSS:\t 1 kB")
        #expect(usage == HostProcesses.Usage(own: 2, reaped: 4, peakBytes: 2_048 * 1_024))
        #expect(HostProcesses.usage(stat: "42", status: "") == nil)
    }

    @Test("This process is seen at work")
    func seesItself() throws {
        let own = ProcessInfo.processInfo.processIdentifier
        let usage = try #require(HostProcesses.usage(of: own))
        #expect(usage.peakBytes > 1_048_576)
        #expect(HostProcesses.usage(of: Int32.max) == nil)
    }

    @Test("A file without a size is read to its end, however many pages it has")
    func readsToTheEnd() throws {
        let text = try #require(HostProcesses.text("/proc/kallsyms"))
        #expect(text.utf8.count > 100_000)
        #expect(HostProcesses.text("/proc/none") == nil)
    }

    @Test("Listening sockets are told from others, and ports from their like")
    func findsListeners() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1628 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
               1: 0100007F:1628 0100007F:A628 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0
               2: 0100007F:0028 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0
            """
        #expect(HostProcesses.listeners(on: 0x1628, in: table) == ["111"])
        #expect(HostProcesses.listeners(on: 0x28, in: table) == ["333"])
        #expect(HostProcesses.listeners(on: 5_672, in: "") == [])
    }
}
