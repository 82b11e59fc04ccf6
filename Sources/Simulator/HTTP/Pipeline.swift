import Foundation

/// The road of a call through a service: route, journal, faults, answer, journal.
struct Pipeline: Sendable {
    let world: World
    let service: any SimulatedService

    /// No call is held longer, whatever a fault says.
    private static let longestHang = Duration.seconds(120)

    func deliver(_ call: Call) async -> Delivery {
        let route = await service.route(call)
        let ticket = await world.begin(call, route)
        let outcome = await carryOut(call, route, ticket)
        await world.end(ticket, status: outcome.reply.status, hasChanged: outcome.reply.hasChangedTenant)
        return outcome.isDropped ? .drop : .reply(outcome.reply)
    }

    /// Carries out one request of a batch: a connection that would be cut is a gateway's timeout here.
    func answerItem(_ call: Call) async -> Reply {
        switch await deliver(call) {
        case .reply(let reply): return reply
        case .drop: return service.errorReply(status: 504, code: "UnknownError", message: "", call)
        }
    }

    private func carryOut(_ call: Call, _ route: Route, _ ticket: Ticket) async -> Outcome {
        await pause(.milliseconds(ticket.latencyMilliseconds))
        if let refusal = ticket.refusal { return Outcome(refuse(refusal, call)) }
        guard let fault = ticket.fault else { return Outcome(await answer(call, route)) }
        switch fault.kind {
        case .delay:
            await pause(.milliseconds(fault.milliseconds ?? 0))
            return Outcome(await answer(call, route))
        case .hang:
            // Nothing is under way any more: the client's next try is no overlap.
            var reply = Reply.empty(0)
            if fault.afterCommit == true { reply.hasChangedTenant = await answer(call, route).hasChangedTenant }
            await world.end(ticket, status: 0, hasChanged: reply.hasChangedTenant)
            await pause(Pipeline.longestHang)
            return Outcome(reply, isDropped: true)
        case .twinBehind, .twinAhead:
            var twin = call
            twin.twin = fault.kind == .twinBehind ? .behind : .ahead
            return Outcome(await answer(twin, route))
        case .userActs: return Outcome(await answer(call, route, amid: fault))
        case .dropBeforeCommit: return Outcome(.empty(0), isDropped: true)
        case .dropAfterCommit: return Outcome(await answer(call, route), isDropped: true)
        case .foreignNextLink: return Outcome(withForeignNextLink(await answer(call, route)))
        case .reply, .throttle, .garbage, .empty, .nul, .loginError, .exchangeError:
            var reply = faultReply(fault, call, now: await world.realNow(), switches: await world.switches)
            if fault.afterCommit == true { reply.hasChangedTenant = await answer(call, route).hasChangedTenant }
            return Outcome(reply)
        }
    }

    private func answer(_ call: Call, _ route: Route) async -> Reply {
        var reply = await service.answer(call, route)
        if reply.headers["request-id"] == nil { reply.headers["request-id"] = await world.guid() }
        if let identifier = call.header("client-request-id") { reply.headers["client-request-id"] = identifier }
        return reply
    }

    /// The user of the mailbox does something just before the call, or just after it.
    private func answer(_ call: Call, _ route: Route, amid fault: Fault) async -> Reply {
        if fault.afterCommit != true { await world.userActs(fault.userAction, call, route) }
        let reply = await answer(call, route)
        if fault.afterCommit == true { await world.userActs(fault.userAction, call, route) }
        return reply
    }

    private func refuse(_ refusal: Ticket.Refusal, _ call: Call) -> Reply {
        switch refusal {
        case .throttled(let retryAfter, let now): throttled(retryAfter, call, now: now)
        case .mailbox(let text, let retryAfter, let now):
            throttled(retryAfter, call, now: now, code: "ApplicationThrottled", message: text)
        }
    }

    private func throttled(
        _ retryAfter: String?,
        _ call: Call,
        now: Date,
        code: String = "TooManyRequests",
        message: String = "Please retry again later."
    ) -> Reply {
        var reply = service.errorReply(status: 429, code: code, message: message, call)
        reply.headers["Retry-After"] = RetryAfter.header(retryAfter, now: now)
        return reply
    }

    private func faultReply(_ fault: Fault, _ call: Call, now: Date, switches: Switches) -> Reply {
        switch fault.kind {
        case .throttle:
            return throttled(fault.retryAfter, call, now: now, code: fault.code ?? "TooManyRequests")
        case .garbage:
            return Reply(
                status: fault.status ?? 200,
                headers: ["Content-Type": "application/json"],
                body: Data("<html>{\"value\":[".utf8)
            )
        case .empty: return withRetryAfter(.empty(fault.status ?? 503), fault, now)
        case .nul: return .nulls(fault.status ?? 403)
        case .loginError:
            let error = LoginError(
                code: fault.aadsts ?? 90033,
                error: fault.error ?? "temporarily_unavailable",
                status: fault.status ?? 400,
                text: "A transient error has occurred. Please try again."
            )
            return withRetryAfter(error.reply(identifiers: [], now: now), fault, now)
        case .exchangeError:
            let error = ExchangeError(
                type: fault.type ?? "Microsoft.Exchange.Data.Directory.ServerBusyException",
                message: fault.message ?? "The server is busy. Please retry later.",
                status: fault.status ?? 400
            )
            return withRetryAfter(error.reply(switches: switches), fault, now)
        case .reply, .delay, .hang, .dropBeforeCommit, .dropAfterCommit, .foreignNextLink, .twinBehind, .twinAhead,
            .userActs:
            let reply = service.errorReply(
                status: fault.status ?? 503,
                code: fault.code ?? "ServiceUnavailable",
                message: fault.message ?? "The service is unavailable.",
                call
            )
            return withRetryAfter(reply, fault, now)
        }
    }

    private func withRetryAfter(_ reply: Reply, _ fault: Fault, _ now: Date) -> Reply {
        var reply = reply
        reply.headers["Retry-After"] = RetryAfter.header(fault.retryAfter, now: now)
        return reply
    }

    private func withForeignNextLink(_ reply: Reply) -> Reply {
        guard var members = (try? JSONValue(parsing: reply.body))?.object else { return reply }
        members["@odata.nextLink"] = "https://graph.attacker.example/v1.0/domains?$skiptoken=c3RlYWw"
        var changed = reply
        changed.body = JSONValue.object(members).bytes
        return changed
    }

    /// Waits; a client that went away or a stopping server ends the wait early, which is all the better.
    private func pause(_ duration: Duration) async {
        guard duration > .zero else { return }
        try? await Task.sleep(for: duration)
    }

    private struct Outcome {
        let reply: Reply
        var isDropped = false

        init(_ reply: Reply, isDropped: Bool = false) {
            self.reply = reply
            self.isDropped = isDropped
        }
    }
}

/// The forms of the Retry-After header (RFC 9110 §10.2.3, and the decimals Microsoft Graph sends).
enum RetryAfter {
    /// The header's value for a setting: as written, or an HTTP date when it begins with `date:`.
    static func header(_ setting: String?, now: Date) -> String? {
        guard let setting, setting.hasPrefix("date:") else { return setting }
        return httpDate(now.addingTimeInterval(Double(setting.dropFirst("date:".count)) ?? 0))
    }

    /// Until when such a setting asks a client to wait; a date has whole seconds.
    static func end(_ setting: String?, now: Date) -> Date? {
        guard let setting else { return nil }
        guard setting.hasPrefix("date:") else { return Double(setting).map { now.addingTimeInterval($0) } }
        guard let seconds = Double(setting.dropFirst("date:".count)) else { return nil }
        return Date(timeIntervalSince1970: (now.timeIntervalSince1970 + seconds).rounded(.down))
    }

    private static func httpDate(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: date)
    }
}
