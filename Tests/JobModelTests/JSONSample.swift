/// Chance that can be repeated: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// JSON texts made by chance.
enum JSONSample {
    private static let strings = [
        "", "a", "møbler", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "}]", ",",
    ]
    private static let numbers = ["0", "-0", "17", "-1", "0.5", "-12.25", "1e3", "2E-2", "3e+4"]
    private static let spaces = ["", "", " ", "\n", "\t ", "\r\n"]
    private static let damages: [UInt8] = Array("{}[]:,\"\\ 0-.eEtu\u{1}\n".utf8) + [0x80, 0xFF]

    static func object(depth: Int, using chance: inout SeededGenerator) -> String {
        let members = (0..<Int.random(in: 0...4, using: &chance)).map { index in
            "\(self.space(&chance))\"\(index)\(self.pick(self.strings, &chance))\"\(self.space(&chance)):"
                + "\(self.space(&chance))\(self.value(depth: depth - 1, using: &chance))\(self.space(&chance))"
        }
        return "\(self.space(&chance)){\(members.joined(separator: ","))}\(self.space(&chance))"
    }

    /// Changes, adds or removes one byte, or cuts the text off.
    static func damage(_ text: inout [UInt8], using chance: inout SeededGenerator) {
        guard !text.isEmpty else { return }
        let place = Int.random(in: 0..<text.count, using: &chance)
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: text[place] = self.pick(self.damages, &chance)
        case 1: text.insert(self.pick(self.damages, &chance), at: place)
        case 2: text.remove(at: place)
        default: text.removeSubrange(place...)
        }
    }

    private static func value(depth: Int, using chance: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &chance) {
        case 0: return "\"\(self.pick(self.strings, &chance))\""
        case 1: return self.pick(self.numbers, &chance)
        case 2: return self.pick(["true", "false"], &chance)
        case 3: return "null"
        case 4: return self.object(depth: depth, using: &chance)
        default:
            let items = (0..<Int.random(in: 0...3, using: &chance)).map { _ in
                self.value(depth: depth - 1, using: &chance)
            }
            return "[\(items.joined(separator: ","))\(self.space(&chance))]"
        }
    }

    private static func space(_ chance: inout SeededGenerator) -> String { self.pick(self.spaces, &chance) }

    private static func pick<Element>(_ choices: [Element], _ chance: inout SeededGenerator) -> Element {
        choices[Int.random(in: choices.indices, using: &chance)]
    }
}
