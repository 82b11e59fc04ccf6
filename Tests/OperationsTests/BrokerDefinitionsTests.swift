import Foundation
import JobQueue
@testable import Operations
import Testing

@Suite("Definitions for the broker")
struct BrokerDefinitionsTests {
    @Test("A password is hashed as RabbitMQ's page on credentials works it out")
    func hash() {
        // The example of that page: salt 908D C60A, password test12.
        let hash = BrokerDefinitions.hash("test12", salt: [0x90, 0x8D, 0xC6, 0x0A])
        #expect(hash == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")
    }

    @Test("Only accounts with a password are in it, and no password is")
    func accounts() throws {
        let json = try BrokerDefinitions(virtualHost: "v", passwords: [.worker: "a-long-password"]).json()
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains("sluice-worker"))
        #expect(!text.contains("sluice-desk"))
        #expect(!text.contains("a-long-password"))
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect((object["queues"] as? [Any])?.count == JobTopology.queues.count)
        #expect((object["exchanges"] as? [Any])?.count == JobTopology.exchanges.count)
    }
}
