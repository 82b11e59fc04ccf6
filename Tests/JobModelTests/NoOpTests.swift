import Foundation
import Testing

@testable import JobModel

@Suite("The data of no-op")
struct NoOpTests {
    @Test("What is left out is zero")
    func hasDefaults() throws {
        let data = try NoOp(data: Array("{}".utf8))
        #expect(data.size == 0)
        #expect(data.milliseconds == 0)
    }

    @Test(
        "Bounds are taken to the last",
        arguments: [
            (#"{"size":65536}"#, nil), (#"{"size":65537}"#, "data.size"), (#"{"size":-1}"#, "data.size"),
            (#"{"milliseconds":60000}"#, nil), (#"{"milliseconds":60001}"#, "data.milliseconds"),
            (#"{"milliseconds":null}"#, "data.milliseconds"), (#"{"size":"1"}"#, "data.size"),
            (#"{"size":1.5}"#, "data.size"), (#"{"other":1}"#, nil),
        ] as [(String, String?)]
    )
    func bounds(text: String, named: String?) {
        var problem: Problem?
        do throws(Problem) {
            _ = try NoOp(data: Array(text.utf8))
        } catch {
            problem = error
        }
        #expect(problem?.code == (named == nil ? nil : .invalidPayload))
        if let named { #expect(problem?.detail.contains("`\(named)`") == true) }
    }

    @Test("The output written by hand is what its type reads", arguments: [0, 1, 65_536])
    func outputAgrees(size: Int) throws {
        let output = NoOpOutput(size: size)
        #expect(output.filler.utf8.count == size)
        #expect(try JSONDecoder().decode(NoOpOutput.self, from: Data(output.json)) == output)
    }
}
