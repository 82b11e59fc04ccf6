import Foundation
import JobModel
import Testing

@testable import Operations

@Suite("What a restore keeps of its pull")
struct CampaignOrderTests {
    private static let order = CampaignOrder(
        data: Array(
            #"{"internetMessageId":"<a@b>","reason":"phish","requestedBy":"soc@b.example","notify":["it@c.example"],"#
                .utf8
        ) + Array(#""customer":"Møbler","language":"de"}"#.utf8)
    )

    private func completed(_ data: String) -> String {
        String(decoding: Self.order.completing(Array(data.utf8)), as: UTF8.self)
    }

    @Test("Who asked and who is told, in which language and for whom, is the pull's where it is not given")
    func kept() {
        #expect(
            self.completed(#"{"reason":"undo"}"#)
                == #"{"reason":"undo","requestedBy":"soc@b.example","customer":"Møbler","language":"de","notify":["it@c.example"]}"#
        )
    }

    @Test("What is given wins; an empty list tells nobody; what is no object is left for the plan to refuse")
    func given() {
        let given = #"{"reason":"r","requestedBy":"x@b.example","notify":[],"language":"en","customer":"C"}"#
        #expect(self.completed(given) == given)
        #expect(self.completed("no object") == "no object")
        let nobody = CampaignOrder(data: Array(#"{"requestedBy":7}"#.utf8))
        #expect(nobody == CampaignOrder())
        #expect(nobody.completing(Array(#"{"reason":"r"}"#.utf8)) == Array(#"{"reason":"r"}"#.utf8))
    }

    @Test("It stands in the campaign's file, and a file of an earlier build has who asked alone")
    func file() throws {
        let head = CampaignState.Head(
            campaign: "c1",
            type: "pull-message",
            tenant: "t",
            list: "l",
            digest: "d",
            jobs: 1,
            targets: 1,
            order: Self.order
        )
        let read = try JSONDecoder().decode(CampaignState.Head.self, from: try JSONEncoder().encode(head))
        #expect(read.order == Self.order && read.order.notify == ["it@c.example"])
        let old =
            #"{"campaign":"c","type":"x","tenant":"t","list":"l","digest":"d","jobs":1,"targets":1,"requestedBy":"a@b.c"}"#
        let earlier = try JSONDecoder().decode(CampaignState.Head.self, from: Data(old.utf8))
        #expect(earlier.order == CampaignOrder(requestedBy: "a@b.c"))
    }
}
