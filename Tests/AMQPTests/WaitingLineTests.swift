@testable import AMQP
import Testing

@Suite("Waiting lines")
struct WaitingLineTests {
    @Test("First come, first served, also in the thousands")
    func order() {
        var line = WaitingLine<Int>()
        for number in 0..<5000 {
            line.append(number)
            line.append(-1)
            #expect(line.removeFirst { $0 == -1 } == -1)
        }
        for number in 0..<5000 { #expect(line.popFirst() == number) }
        #expect(line.popFirst() == nil)
        #expect(line.isEmpty)
    }

    @Test("Everybody can be sent home")
    func removeAll() {
        var line = WaitingLine<Int>()
        line.append(1)
        line.append(2)
        _ = line.popFirst()
        #expect(line.removeAll() == [2])
        #expect(line.isEmpty)
    }
}
