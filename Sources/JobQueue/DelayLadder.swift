package import AMQP

/// Delays of any length without a plugin: a ladder of queues whose times to live are powers of two.
///
/// A message enters at the highest bit of its delay and falls a level whenever a queue's time to live has passed; at every
/// level the routing key says whether it waits there (`1`) or passes by (`0`). It leaves at `job.due`. The design is the one
/// NServiceBus published for RabbitMQ ("Delayed delivery" in its RabbitMQ transport pages).
package enum DelayLadder {
    /// The levels from the lowest: 2^0 to 2^16 seconds.
    package static let levels = 0...16
    /// The longest delay: 2^17 - 1 seconds, a day and a half.
    package static let secondsMax = 131_071

    /// The name of a level's exchange and queue: `job.delay.07`.
    package static func name(of level: Int) -> String { "job.delay." + (level < 10 ? "0" : "") + String(level) }

    /// How long a level holds what waits there.
    package static func pause(of level: Int) -> Duration { .seconds(1 << level) }

    /// Where to publish a job so that it comes back after the pause.
    ///
    /// The pause is rounded up to a second, and held between one second and `secondsMax`.
    package static func destination(after pause: Duration, key: String) -> Destination {
        let seconds = self.seconds(pause)
        let bits = self.levels.reversed().map { seconds & (1 << $0) == 0 ? "0" : "1" }
        let top = self.levels.reversed().first { seconds & (1 << $0) != 0 } ?? 0
        return Destination(exchange: self.name(of: top), routingKey: (bits + [key]).joined(separator: "."))
    }

    /// The whole seconds a pause is held for.
    package static func seconds(_ pause: Duration) -> Int {
        let whole = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
        return Int(min(max(whole, 1), Int64(self.secondsMax)))
    }

    /// The bindings that let a message wait at a level.
    static var queueBindings: [Binding] {
        self.levels.map { level in
            Binding(
                source: self.name(of: level),
                destination: self.name(of: level),
                routingKey: self.pattern(level, "1")
            )
        }
    }

    /// The bindings that let a message pass by a level.
    static var exchangeBindings: [Binding] {
        self.levels.map { level in
            let below = level == 0 ? JobTopology.due : self.name(of: level - 1)
            return Binding(source: self.name(of: level), destination: below, routingKey: self.pattern(level, "0"))
        }
    }

    /// The pattern for a key whose bit at the level is the given one.
    private static func pattern(_ level: Int, _ bit: String) -> String {
        String(repeating: "*.", count: self.levels.upperBound - level) + bit + ".#"
    }
}
