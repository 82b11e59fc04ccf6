import Foundation
import NIOHTTP1
import Testing

@testable import Microsoft365

@Suite("Exchange commands")
struct ExchangeCommandTests {
    private let tenant = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    private func call(_ command: ExchangeCommand) -> ServiceCall {
        command.call(
            address: CloudEndpoints.global.exchange,
            tenant: self.tenant,
            connection: self.tenant,
            time: .seconds(1)
        )
    }

    @Test("Parameters are an empty object when there are none")
    func emptyParameters() {
        let body = String(decoding: ExchangeCommand(name: "Get-OrganizationConfig").body, as: UTF8.self)
        #expect(body == #"{"CmdletInput":{"CmdletName":"Get-OrganizationConfig","Parameters":{}}}"#)
    }

    @Test("The request goes to the tenant with its anchor, and only Get- commands are reads")
    func request() {
        let call = self.call(ExchangeCommand(name: "Get-InboundConnector"))
        let headers = HTTPHeaders(call.headers)
        let tenantID = "01020304-0506-0708-090a-0b0c0d0e0f10"
        #expect(call.url == "https://outlook.office365.com/adminapi/beta/\(tenantID)/InvokeCommand")
        #expect(
            headers["X-AnchorMailbox"] == ["APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@\(tenantID)"]
        )
        #expect(headers["X-CmdletName"] == ["Get-InboundConnector"])
        #expect(headers["X-ResponseFormat"] == ["json"])
        #expect(!call.isWrite)
        for name in ["New-InboundConnector", "Set-X", "Remove-X", "Enable-TransportRule", "Disable-TransportRule"] {
            #expect(self.call(ExchangeCommand(name: name)).isWrite)
        }
    }

    @Test("Records come without their annotations")
    func records() throws {
        let body = #"""
            {"@odata.context":"c","adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":["careful"],
             "value":[{"Name":"x","SenderDomains@odata.type":"#Collection(String)","SenderDomains":["smtp:*;1"],
                       "WhenChanged@data.type":"System.DateTime"}]}
            """#
        let call = self.call(ExchangeCommand(name: "Get-InboundConnector"))
        let answer = ServiceAnswer(status: 200, headers: [:], body: Data(body.utf8))
        let records = try ExchangeCommand.records(in: answer, of: call)
        #expect(records == [ExchangeRecord(["Name": "x", "SenderDomains": .array(["smtp:*;1"])])])
    }

    @Test(
        "A cut or foreign answer is no list, and leaves a write in doubt",
        arguments: [
            (200, #"{"value":[],"@odata.nextLink":"https://x.example"}"#, .answerTooLarge, .answerTooLarge),
            (200, "", .malformedAnswer, .interrupted),
            (200, "\u{0}\u{0}\u{0}", .malformedAnswer, .interrupted),
            (200, "<html>", .malformedAnswer, .interrupted),
            (200, #"{"value":"#, .malformedAnswer, .interrupted),
            (200, #"{"value":[1]}"#, .malformedAnswer, .interrupted),
            (200, "[]", .malformedAnswer, .interrupted),
        ] as [(Int, String, Microsoft365Error.Code, Microsoft365Error.Code)]
    )
    func broken(status: Int, body: String, read: Microsoft365Error.Code, write: Microsoft365Error.Code) {
        let answer = ServiceAnswer(status: status, headers: [:], body: Data(body.utf8))
        for (name, expected) in [("Get-X", read), ("Set-X", write)] {
            let call = self.call(ExchangeCommand(name: name))
            #expect {
                try ExchangeCommand.records(in: answer, of: call)
            } throws: {
                ($0 as? Microsoft365Error)?.code == expected
            }
        }
    }
}
