import Foundation
import JobModel
import TestSupport
import Testing

@Suite("Orders to workers")
struct ControlOrderTests {
    @Test(
        "An order comes back as it was",
        arguments: [.cancel(JobID(UUID())), .pause(.connectTenant), .resume(.connectTenant)] as [ControlOrder]
    )
    func travels(order: ControlOrder) {
        #expect(ControlOrder(order.body) == order)
    }

    @Test("The examples beside the schema are read, with members that are not known; the invalid ones are no orders")
    func examples() throws {
        let examples = try Contract.examples().filter { $0.folder == ControlOrder.messageType }
        #expect(examples.count >= 5)
        for example in examples {
            #expect((ControlOrder(try example.bytes()) == nil) == example.isInvalid, "\(example.label)")
        }
    }

    @Test(
        "Anything else is no order",
        arguments: ["", "cancel", "{}", #"{"type":"control.order.v2","order":"pause","jobType":"connect-tenant"}"#]
    )
    func foreign(body: String) {
        #expect(ControlOrder(Array(body.utf8)) == nil)
    }
}
