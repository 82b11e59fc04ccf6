import AMQP
import JobModel
import JobQueue
import Testing

@Suite("The delay ladder")
struct DelayLadderTests {
    /// Follows a message down the ladder by the bindings and sums what it waits.
    private func walk(_ start: Destination) -> (seconds: Int, exit: String) {
        var exchange = start.exchange
        var seconds = 0
        let bits = start.routingKey.split(separator: ".").prefix(17).map { $0 == "1" }
        for level in DelayLadder.levels.reversed() where exchange == DelayLadder.name(of: level) {
            if bits[16 - level] { seconds += 1 << level }
            exchange = level == 0 ? JobTopology.due : DelayLadder.name(of: level - 1)
        }
        return (seconds, exchange)
    }

    @Test(
        "Every delay comes out at job.due after exactly its seconds",
        arguments: [1, 2, 3, 5, 60, 64, 127, 3_600, 65_536, 131_071]
    )
    func delays(seconds: Int) {
        let destination = DelayLadder.destination(after: .seconds(seconds), key: "connect-tenant")
        #expect(self.walk(destination) == (seconds, JobTopology.due))
        #expect(destination.routingKey.hasSuffix(".connect-tenant"))
    }

    @Test(
        "Pauses are rounded up to a second and held within the ladder",
        arguments: [
            (Duration.zero, 1), (.milliseconds(1), 1), (.milliseconds(1_001), 2), (.seconds(500_000), 131_071),
            (.seconds(-5), 1),
        ]
    )
    func bounds(pause: Duration, seconds: Int) {
        #expect(DelayLadder.seconds(pause) == seconds)
    }
}
