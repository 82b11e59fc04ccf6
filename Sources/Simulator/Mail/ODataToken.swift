/// A piece of an OData expression (OData 4.01, URL conventions).
enum ODataToken: Sendable, Equatable {
    /// A name, path, operator, number, date or truth value.
    case word(String)
    /// A text in single quotes, its doubled quotes made single.
    case text(String)
    /// One of `( ) : , ; = $`.
    case mark(Character)

    private static let marks: Set<Character> = ["(", ")", ":", ",", ";", "=", "$"]

    /// Cuts an expression into pieces; nil when a text has no end.
    static func parse(_ expression: String) -> [ODataToken]? {
        var tokens: [ODataToken] = []
        var word = ""
        var rest = Substring(expression)
        func flush() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        while let character = rest.popFirst() {
            if character == "'" {
                guard let text = endOfText(&rest) else { return nil }
                flush()
                tokens.append(.text(text))
            } else if character == " " {
                flush()
            } else if marks.contains(character), !(character == ":" && word.first?.isNumber == true) {
                flush()
                tokens.append(.mark(character))
            } else {
                word.append(character)
            }
        }
        flush()
        return tokens
    }

    private static func endOfText(_ rest: inout Substring) -> String? {
        var text = ""
        while let character = rest.popFirst() {
            if character != "'" {
                text.append(character)
            } else if rest.first == "'" {
                text.append("'")
                rest = rest.dropFirst()
            } else {
                return text
            }
        }
        return nil
    }
}
