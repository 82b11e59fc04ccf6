import AMQP
package import Foundation
package import JobModel
import JobQueue

/// Makes the message that sends a dead letter again; pure.
package enum Replay {
    /// Who a job made by editing says it comes from.
    package static let source = "/sluice/desk"

    /// What is published for a letter: its job once more, or its notification.
    ///
    /// `replay` numbers a job's run and is nothing to a notification. Fails with what a worker, or the notifier, would refuse.
    package static func message(
        for letter: Letter,
        replay: Int,
        delay: Duration?,
        now: Date
    ) throws(Problem) -> OutboundMessage {
        guard !letter.isCut else { throw Problem(.bodyTooLarge, letter.cutWords) }
        return letter.isNotification
            ? try self.notification(letter, delay: delay, now: now)
            : try self.job(letter, replay: replay, delay: delay, now: now)
    }

    /// The request as it was, from its first attempt, for those of its recipients that the notifier had not served.
    ///
    /// It goes by the delay ladder, whose end leads to the notifier alone: on the exchange of events every console would read
    /// the request once more. Who is told meanwhile stands in the notifier's ledger.
    private static func notification(
        _ letter: Letter,
        delay: Duration?,
        now: Date
    ) throws(Problem) -> OutboundMessage {
        let request = JobEventName.notificationRequested.messageType
        guard let scan = try? JSONScan(letter.body), scan.text("type") == request, let data = scan.raw("data"),
            let id = letter.messageID ?? scan.text("id")
        else { throw Problem(.invalidEnvelope, "It is no readable `\(request)`; discard it.") }
        _ = try NotificationRequested(data: data)
        let destination = DelayLadder.destination(after: delay ?? .zero, key: JobTopology.notifierKey)
        let headers = JobHeaders(
            tenant: letter.tenant.isEmpty ? nil : letter.tenant,
            traceparent: JobHeaders(letter.headers).traceparent
        )
        return OutboundMessage(
            exchange: destination.exchange,
            routingKey: destination.routingKey,
            id: id,
            type: request,
            correlationID: letter.job ?? id,
            time: now,
            headers: headers.fields,
            body: letter.body
        )
    }

    /// The job as it was, as a run of its own: first attempt, no events yet, finished steps kept.
    ///
    /// `replay` numbers the run. It goes down the delay ladder, for a second at least: from there workers take finished steps
    /// and the number of the run, as no console can publish there. Steps that no worker wrote are left out, and the job
    /// converges from its tenant. A deadline that has passed is left out, as the operator wants the job nevertheless. Fails
    /// where this version cannot read the job, or its payload breaks the schema.
    private static func job(
        _ letter: Letter,
        replay: Int,
        delay: Duration?,
        now: Date
    ) throws(Problem) -> OutboundMessage {
        let envelope =
            letter.hasWorkersMemo
            ? try self.envelope(letter.body, from: .runtime)
            : try self.envelope(Envelope.withoutMemo(letter.body), from: .console)
        let old = JobHeaders(letter.headers)
        let deadline = old.deadline.flatMap { Timestamp.date($0) }.flatMap { $0 > now ? old.deadline : nil }
        let memo = Memo(round: 0, sequence: 0, since: nil, steps: envelope.memo.steps)
        let headers = JobHeaders(
            tenant: envelope.tenant.description,
            deadline: deadline,
            replay: replay,
            traceparent: old.traceparent
        )
        let body: [UInt8]
        do {
            body = try envelope.body(memo: memo)
        } catch {
            throw Problem(.internalError, "The memo cannot be written.")
        }
        var message = self.message(envelope, headers: headers, body: body, now: now)
        let destination = DelayLadder.destination(after: delay ?? .zero, key: message.routingKey)
        message.exchange = destination.exchange
        message.routingKey = destination.routingKey
        return message
    }

    /// A new job in the letter's place: the same envelope with another id and other data.
    ///
    /// `data` replaces the job's data, or `body` the whole message. The memo is dropped, as its steps belong to the old
    /// data. Fails as a worker would.
    package static func edited(
        _ letter: Letter,
        data: [UInt8]?,
        body: [UInt8]?,
        id: JobID,
        now: Date
    ) throws(Problem) -> OutboundMessage {
        guard !letter.isNotification else {
            throw Problem(
                .invalidEnvelope,
                "A notification is no job; mend what its detail names and retry it, or discard it."
            )
        }
        guard !letter.isCut || body != nil else { throw Problem(.bodyTooLarge, letter.cutWords) }
        let scan: JSONScan
        do throws(JSONScan.Failure) {
            scan = try JSONScan(body ?? letter.body)
        } catch {
            throw Problem(.notJSON, "The message is not a JSON object: at byte \(error.offset), \(error.reason).")
        }
        var writer = JSONObjectWriter()
        let own: Set<String> = ["id", "source", "time", "memo"]
        writer.members(of: scan, without: data == nil ? own : own.union(["data"]))
        writer.member("id", text: id.description)
        writer.member("source", text: self.source)
        writer.member("time", text: Timestamp.text(now))
        if let data { writer.member(rawName: "data", raw: data) }
        let bytes = writer.finish()
        let envelope = try self.envelope(bytes, from: .console)
        let headers = JobHeaders(tenant: envelope.tenant.description)
        return self.message(envelope, headers: headers, body: bytes, now: now)
    }

    private static func envelope(_ body: [UInt8], from origin: Envelope.Origin) throws(Problem) -> Envelope {
        let envelope = try Envelope(body, from: origin)
        _ = try envelope.type.payload.init(data: envelope.data)
        return envelope
    }

    private static func message(
        _ envelope: Envelope,
        headers: JobHeaders,
        body: [UInt8],
        now: Date
    ) -> OutboundMessage {
        OutboundMessage.job(
            envelope.id,
            type: envelope.type,
            tenant: envelope.tenant,
            headers: headers,
            time: now,
            body: body
        )
    }
}

extension JobHeaders {
    /// Reads headers as the desk keeps them.
    fileprivate init(_ headers: [String: HeaderValue]) {
        func text(_ name: String) -> String? { if case .text(let text)? = headers[name] { text } else { nil } }
        self.init(deadline: text("x-job-deadline"), traceparent: text("traceparent"))
    }
}
