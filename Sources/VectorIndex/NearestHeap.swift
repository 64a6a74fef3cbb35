/// The nearest so far, as many as wanted; the farthest of them on top.
struct NearestHeap {
    private let capacity: Int
    private var heap: [Neighbor] = []

    init(_ capacity: Int) { self.capacity = capacity }

    var isFull: Bool { heap.count >= capacity }

    /// The farthest of the nearest once there are enough: what is farther cannot be among them.
    var limit: Neighbor? { isFull ? heap.first : nil }

    mutating func insert(_ neighbor: Neighbor) {
        if heap.count < capacity {
            heap.append(neighbor)
            var place = heap.count - 1
            while place > 0, heap[(place - 1) / 2] < heap[place] {
                heap.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
        } else if let top = heap.first, neighbor < top {
            heap[0] = neighbor
            var place = 0
            while true {
                var largest = place
                for child in 2 * place + 1...2 * place + 2 where child < heap.count && heap[largest] < heap[child] {
                    largest = child
                }
                guard largest != place else { return }
                heap.swapAt(place, largest)
                place = largest
            }
        }
    }

    /// Nearest first.
    var sorted: [Neighbor] { heap.sorted() }
}
