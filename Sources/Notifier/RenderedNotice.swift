/// What people read, from one template.
struct RenderedNotice: Sendable, Equatable {
    /// One line.
    let subject: String
    /// Plain text with `\n` after each line.
    let text: String
    /// A whole HTML document.
    let html: String

    /// A paragraph or a list of a plain text.
    enum Block: Equatable {
        case paragraph(String)
        case items([String])
    }

    /// Takes a text apart at its empty lines; a block whose lines all begin with `- ` is a list.
    static func blocks(of text: String) -> [Block] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.allSatisfy(\.isWhitespace) }
            .flatMap { lines in self.blocks(in: Array(lines)) }
    }

    /// Neighbouring lines of one block: a list may follow a sentence without an empty line between them.
    private static func blocks(in lines: [Substring]) -> [Block] {
        lines.reduce(into: []) { blocks, line in
            let isItem = line.hasPrefix("- ")
            switch blocks.last {
            case .items(let items)? where isItem:
                blocks[blocks.count - 1] = .items(items + [String(line.dropFirst(2))])
            case .paragraph(let text)? where !isItem:
                blocks[blocks.count - 1] = .paragraph("\(text) \(line)")
            default: blocks.append(isItem ? .items([String(line.dropFirst(2))]) : .paragraph(String(line)))
            }
        }
    }
}
