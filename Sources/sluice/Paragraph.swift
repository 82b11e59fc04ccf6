/// Text for a person that is broken into lines, each below the beginning of the first.
enum Paragraph {
    /// The longest line, in characters; a longer word stands on a line of its own.
    private static let width = 100

    /// The lines of a text behind a head such as `  detail  `.
    static func lines(_ head: String, _ text: String) -> [String] {
        var (lines, line) = ([String](), head)
        for word in text.split(whereSeparator: \.isWhitespace) {
            let isFirst = line.count == head.count
            if !isFirst, line.count + 1 + word.count > self.width {
                lines.append(line)
                line = String(repeating: " ", count: head.count)
            }
            line += (line.count == head.count ? "" : " ") + word
        }
        return lines + [line]
    }
}
