import Foundation
import Testing

@testable import Executors

@Suite("A sample of ids")
struct IDSampleTests {
    private static func sample(_ numbers: some Sequence<Int>) -> IDSample {
        var sample = IDSample()
        for number in numbers { sample.insert("id-\(number)") }
        return sample
    }

    @Test("Up to 512 ids it is exact", arguments: [0, 1, 511, 512])
    func isExact(count: Int) {
        #expect(Self.sample(0..<count).estimate == count)
        #expect(Self.sample(0..<count).missing(in: Self.sample(min(3, count)..<count)) == min(3, count))
    }

    @Test("Beyond, counts and losses are near the truth", arguments: [1_000, 10_000, 100_000])
    func estimates(count: Int) {
        let all = Self.sample(0..<count)
        #expect(abs(Double(all.estimate) / Double(count) - 1) < 0.15)
        let missing = Double(all.missing(in: Self.sample(count / 5..<count))) / Double(count)
        #expect(abs(missing - 0.2) < 0.07)
    }

    @Test("That all ids were exchanged for as many others is seen")
    func seesExchange() {
        #expect(Self.sample(0..<2_000).missing(in: Self.sample(2_000..<4_000)) > 1_700)
        #expect(Self.sample(0..<2_000).missing(in: Self.sample(0..<40_000)) == 0)
    }

    @Test("An id counts once in either case of letters, and one taken out is gone")
    func repeats() {
        var sample = IDSample()
        for id in ["a", "A", "b"] { sample.insert(id) }
        sample.remove("B")
        sample.remove("c")
        #expect(sample.estimate == 1)
    }

    @Test("It comes back from its text, and its size is bounded")
    func comesBack() throws {
        let sample = Self.sample(0..<100_000)
        let bytes = try JSONEncoder().encode(sample)
        #expect(bytes.count < 6_000)
        #expect(try JSONDecoder().decode(IDSample.self, from: bytes) == sample)
        for text in [
            #"{"shift":64,"hashes":""}"#, #"{"shift":0,"hashes":"AAA="}"#, #"{"shift":41,"hashes":""}"#,
            #"{"shift":-1,"hashes":""}"#, #"{"shift":9223372036854775807,"hashes":""}"#,
            #"{"shift":62,"hashes":"AAAAAAAAAAE="}"#, #"{"shift":1,"hashes":"//////////8="}"#,
        ] {
            #expect((try? JSONDecoder().decode(IDSample.self, from: Data(text.utf8))) == nil, "\(text)")
        }
    }
}
