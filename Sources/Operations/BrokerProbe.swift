import AMQP
import Foundation
import JobQueue

/// What can be found out about a broker by using it: whether it takes messages, and what its clock says.
enum BrokerProbe {
    /// How far the clocks may be apart: Microsoft refuses a login that seems five minutes old or from the future.
    private static let skewMax = 60.0
    private static let skewWarning = 5.0
    /// How long a message may take from one queue to the next.
    private static let patience = Duration.seconds(5)
    private static let interval = Duration.milliseconds(50)

    /// Whether publishers are held back, for lack of memory or disk.
    static func alarm(on connection: Connection) -> DoctorFinding {
        guard connection.isBlocked else { return DoctorFinding("broker alarms", .good, "The broker takes messages.") }
        return DoctorFinding(
            "broker alarms",
            .bad,
            "The broker holds back publishers: its memory or disk alarm is on.",
            mend: "Look at `rabbitmq-diagnostics alarms` on the broker, and make room."
        )
    }

    /// Whether the broker refuses bodies over the limit, found out with one that is a byte too large.
    ///
    /// It goes to a queue of this connection's own, `watch.doctor.…`; a broker that refuses it closes the publishing channel.
    static func size(on connection: Connection, name: String) async -> DoctorFinding {
        let queue = "watch.doctor.\(name).size"
        let limit = JobTopology.messageBytesMax
        do throws(AMQPError) {
            _ = try await connection.declareQueue(Queue(name: queue, isDurable: false, isExclusive: true))
            try await connection.publish(
                Message(body: [UInt8](repeating: 0x20, count: limit + 1), properties: Properties(isPersistent: false)),
                to: .queue(queue),
                mandatory: true
            )
            return DoctorFinding(
                "message size",
                .warning,
                "The broker takes messages over \(limit) bytes, which nobody can run and which fill its memory.",
                mend: "Set max_message_size = \(limit) in rabbitmq.conf, and restart the broker."
            )
        } catch {
            if error.replyCode == 406 {
                return DoctorFinding("message size", .good, "The broker refuses messages over \(limit) bytes.")
            }
            return DoctorFinding("message size", .unknown, "\(error)", mend: self.otherLogin)
        }
    }

    private static let otherLogin = "Run doctor with the login that runs `sluice topology apply`."

    /// Compares the clocks: a message that expires at once is stamped by the broker when it moves to its dead letters.
    ///
    /// Whole seconds, as RabbitMQ writes `x-death` times. Uses two queues of this connection's own, `watch.doctor.…`.
    static func clock(on connection: Connection, name: String, now: @Sendable () -> Date) async -> DoctorFinding {
        let (source, target) = ("watch.doctor.\(name).from", "watch.doctor.\(name).to")
        do throws(AMQPError) {
            _ = try await connection.declareQueue(Queue(name: target, isDurable: false, isExclusive: true))
            let expiring: FieldTable = [
                "x-message-ttl": .int32(0), "x-dead-letter-exchange": .string(""),
                "x-dead-letter-routing-key": .string(target),
            ]
            _ = try await connection.declareQueue(
                Queue(name: source, isDurable: false, isExclusive: true, arguments: expiring)
            )
            try await connection.publish(
                Message(body: [], properties: Properties(isPersistent: false)),
                to: .queue(source),
                mandatory: true
            )
            let deadline = ContinuousClock.now + self.patience
            while ContinuousClock.now < deadline {
                if let delivery = try await connection.get(target) {
                    delivery.settle(.acknowledge)
                    guard let stamp = self.stamp(delivery.message) else { break }
                    return self.finding(difference: now().timeIntervalSince1970 - Double(stamp))
                }
                try? await Task.sleep(for: self.interval)  // cut short when the command is ended
            }
            return DoctorFinding("clock", .unknown, "The broker did not tell its time.")
        } catch {
            return DoctorFinding("clock", .unknown, "\(error)", mend: self.otherLogin)
        }
    }

    private static func stamp(_ message: Message) -> Int64? {
        guard case .array(let deaths)? = message.properties.headers["x-death"], case .table(let death)? = deaths.first
        else { return nil }
        return death["time"]?.integer
    }

    /// What a difference means, in seconds, positive when this host is ahead; pure.
    static func finding(difference: Double) -> DoctorFinding {
        let size = abs(difference)
        let words = "This host is \(Int(size.rounded())) s \(difference < 0 ? "behind" : "ahead of") the broker."
        guard size > self.skewWarning else {
            return DoctorFinding("clock", .good, "This host and the broker agree to within \(Int(self.skewWarning)) s.")
        }
        let mend = "Have both hosts follow a time server (`timedatectl`)."
        return DoctorFinding("clock", size > self.skewMax ? .bad : .warning, words, mend: mend)
    }
}
