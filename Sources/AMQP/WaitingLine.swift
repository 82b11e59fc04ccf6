/// First come, first served, at constant cost.
struct WaitingLine<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            elements[head] = nil
            head += 1
            if head > 1024, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }

    /// Takes out whoever left the line.
    mutating func removeFirst(where isMeant: (Element) -> Bool) -> Element? {
        for index in head..<elements.count {
            guard let element = elements[index], isMeant(element) else { continue }
            elements.remove(at: index)
            return element
        }
        return nil
    }

    /// Takes out everybody.
    mutating func removeAll() -> [Element] {
        defer { self = WaitingLine() }
        return elements[head...].compactMap { $0 }
    }
}
