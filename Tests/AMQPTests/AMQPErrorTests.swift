import AMQP
import Testing

@Suite("AMQP errors")
struct AMQPErrorTests {
    @Test(
        "An error says whether the same request may succeed later",
        arguments: [
            (.unreachable, nil, true), (.lost, nil, true), (.nacked, nil, true), (.timedOut, nil, true),
            (.consumerCancelled, nil, true), (.refused, 403, false), (.refused, 320, true), (.refused, nil, false),
            (.channelClosed, 404, false), (.channelClosed, 405, true), (.channelClosed, 406, false),
            (.channelClosed, 541, true), (.unroutable, 312, false), (.invalid, nil, false), (.closed, nil, false),
        ] as [(AMQPError.Code, UInt16?, Bool)]
    )
    func retrying(code: AMQPError.Code, replyCode: UInt16?, expected: Bool) {
        let error = AMQPError(code, operation: "test", replyCode: replyCode, reason: "because")
        #expect(error.isRetryable == expected)
    }

    @Test("A description is one line with operation, reply code and reason")
    func description() {
        let error = AMQPError(.channelClosed, operation: "check queue a", replyCode: 404, reason: "NOT_FOUND")
        #expect(error.description == "cannot check queue a: the broker refused the request: 404 NOT_FOUND")
    }
}
