import JobModel

/// Rows whose columns stand below each other.
struct TextTable {
    /// The longest that a cell may be; the rest is cut.
    private static let cellMax = 60

    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: String...) { self.head = head }

    /// Adds a row; what is in it from outside keeps its column.
    mutating func add(_ row: String...) { self.rows.append(row.map(ForeignText.line)) }

    /// The lines, the head first; numbers stand at the right, and the last column is as wide as it wants to be.
    var lines: [String] {
        let all = [self.head] + self.rows
        let widths = self.head.indices.map { column in
            min(all.map { $0[column].count }.max() ?? 0, Self.cellMax)
        }
        let areNumbers = self.head.indices.map { column in
            !self.rows.isEmpty && self.rows.allSatisfy { !$0[column].isEmpty && $0[column].allSatisfy(\.isNumber) }
        }
        return all.map { row in
            row.enumerated().map { column, cell in
                if column == row.count - 1 { return cell }
                let text = cell.count > Self.cellMax ? cell.prefix(Self.cellMax - 1) + "…" : cell[...]
                let room = String(repeating: " ", count: widths[column] - text.count)
                return areNumbers[column] ? room + text : text + room
            }.joined(separator: "  ").replacing(/\s+$/, with: "")
        }
    }

    /// Prints it, the head in bold on a terminal.
    func show() {
        for (index, line) in self.lines.enumerated() {
            Terminal.say(line, isBold: index == 0)
        }
    }
}
