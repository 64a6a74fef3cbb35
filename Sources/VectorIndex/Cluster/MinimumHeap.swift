/// Values, of which the least comes out first.
struct MinimumHeap<Element: Comparable> {
    private var values: [Element]

    init(_ values: [Element] = []) {
        self.values = values
        for place in stride(from: values.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    mutating func insert(_ value: Element) {
        values.append(value)
        var place = values.count - 1
        while place > 0, values[place] < values[(place - 1) / 2] {
            values.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func popLeast() -> Element? {
        guard let least = values.first, let last = values.popLast() else { return nil }
        if !values.isEmpty {
            values[0] = last
            sink(0)
        }
        return least
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2 where child < values.count && values[child] < values[least] {
                least = child
            }
            guard least != place else { return }
            values.swapAt(place, least)
            place = least
        }
    }
}
