/// The order of NumPy's `argsort`, equal values included.
///
/// The Python `mtcnn` package goes through its candidates in this order. Many of them score exactly 1, and which of
/// those comes first decides the faces found. NumPy's sort is not stable: the order of equal values follows from the
/// steps it takes, so these are the same steps. This is what NumPy 2.4 does for float64 on x86-64 with AVX-512; on
/// other processors it orders equal values differently.
package enum NumPyOrder {
    /// The positions of `keys` from the smallest key to the largest.
    package static func argsort(_ keys: [Double]) -> [Int] {
        var sorting = Sorting(keys: keys, order: Array(keys.indices))
        if keys.contains(where: \.isNaN) {
            sorting.standardSort(0, keys.count)
        } else if !zip(keys, keys.dropFirst()).allSatisfy({ $0 <= $1 }) {
            sorting.quicksort(0, keys.count, limit: Sorting.depthLimit(keys.count))
        }
        return sorting.order
    }
}

/// A sort in progress. Ranges go from `low` up to, not including, `high`.
private struct Sorting {
    let keys: [Double]
    var order: [Int]

    static func depthLimit(_ count: Int) -> Int { count < 2 ? 0 : 2 * (Int.bitWidth - 1 - count.leadingZeroBitCount) }

    /// Whether the first key belongs before the second; NaN comes last.
    func less(_ first: Int, _ second: Int) -> Bool {
        keys[first] < keys[second] || (keys[second].isNaN && !keys[first].isNaN)
    }

    // MARK: x86-simd-sort

    /// Splits around a pivot until 256 are left. A pivot that is the smallest key leaves everything on one side, so
    /// the limit can run out.
    mutating func quicksort(_ low: Int, _ high: Int, limit: Int) {
        guard limit > 0 else { return standardSort(low, high) }
        guard high - low > 256 else { return network(low, high) }
        let step = (high - low - 1) / 8
        let pivot = (1...8).map { keys[order[low + $0 * step]] }.sorted()[4]
        let middle = partition(low, high, pivot)
        if middle > low { quicksort(low, middle, limit: limit - 1) }
        let constant = order[middle..<high].allSatisfy { keys[$0] == pivot }
        if !constant { quicksort(middle, high, limit: limit - 1) }
    }

    /// A bitonic network: sorted runs of doubling size, the second of two compared backwards with the first.
    mutating func network(_ low: Int, _ high: Int) {
        func exchange(_ first: Int, _ second: Int) {
            if second < high, less(order[second], order[first]) { order.swapAt(first, second) }
        }
        var size = 2
        while size < 2 * (high - low) {
            for start in stride(from: low, to: high, by: size) {
                for offset in 0..<size / 2 { exchange(start + offset, start + size - 1 - offset) }
            }
            var distance = size / 4
            while distance > 0 {
                for position in low..<high where (position - low) & distance == 0 {
                    exchange(position, position + distance)
                }
                distance /= 2
            }
            size *= 2
        }
    }

    /// Moves keys below the pivot to the front and returns where the others begin. What exceeds a multiple of 32 goes
    /// one by one. The rest goes in vectors of 8, four at a time from the end with less room, the outermost last.
    mutating func partition(_ low: Int, _ high: Int, _ pivot: Double) -> Int {
        var (left, right) = (low, high)
        for _ in 0..<(high - low) % 32 {
            if keys[order[left]] < pivot {
                left += 1
            } else {
                right -= 1
                order.swapAt(left, right)
            }
        }
        let (start, end) = (left, right)
        var (below, above): ([Int], [Int]) = ([], [])
        func split(_ block: Int) {
            for position in stride(from: block, to: block + 32, by: 8) {
                let vector = order[position..<position + 8]
                below += vector.filter { keys[$0] < pivot }
                above.insert(contentsOf: vector.filter { keys[$0] >= pivot }, at: 0)
            }
        }
        (left, right) = (left + 32, right - 32)
        while left < right {
            if end - right - above.count < left - start - below.count {
                right -= 32
                split(right)
            } else {
                split(left)
                left += 32
            }
        }
        split(start)
        split(end - 32)
        order.replaceSubrange(start..<end, with: below + above)
        return start + below.count
    }

    // MARK: GNU std::sort

    mutating func standardSort(_ low: Int, _ high: Int) {
        introsort(low, high, limit: Self.depthLimit(high - low))
        for end in low..<high {
            var position = end
            while position > low, less(order[position], order[position - 1]) {
                order.swapAt(position, position - 1)
                position -= 1
            }
        }
    }

    /// Splits around the median of three until 16 are left, unsorted.
    mutating func introsort(_ low: Int, _ high: Int, limit: Int) {
        guard high - low > 16 else { return }
        guard limit > 0 else { return heapsort(low, high) }
        let last = high - 1
        var (lower, upper) = (low + 1, low + (high - low) / 2)
        if !less(order[lower], order[upper]) { swap(&lower, &upper) }
        let median = less(order[upper], order[last]) ? upper : less(order[lower], order[last]) ? last : lower
        order.swapAt(low, median)
        var (left, right) = (low + 1, high)
        while true {
            while less(order[left], order[low]) { left += 1 }
            right -= 1
            while less(order[low], order[right]) { right -= 1 }
            guard left < right else { break }
            order.swapAt(left, right)
            left += 1
        }
        introsort(left, high, limit: limit - 1)
        introsort(low, left, limit: limit - 1)
    }

    mutating func heapsort(_ low: Int, _ high: Int) {
        /// Fills the hole at `top` with the larger child down to a leaf, then lets `value` rise from there.
        func place(_ value: Int, top: Int, count: Int) {
            var hole = top
            while 2 * hole + 1 < count {
                let (left, right) = (2 * hole + 1, 2 * hole + 2)
                let child = right == count || less(order[low + right], order[low + left]) ? left : right
                order[low + hole] = order[low + child]
                hole = child
            }
            while hole > top, less(order[low + (hole - 1) / 2], value) {
                order[low + hole] = order[low + (hole - 1) / 2]
                hole = (hole - 1) / 2
            }
            order[low + hole] = value
        }
        for top in (0..<(high - low) / 2).reversed() {
            place(order[low + top], top: top, count: high - low)
        }
        for last in (1..<high - low).reversed() {
            let value = order[low + last]
            order[low + last] = order[low]
            place(value, top: 0, count: last)
        }
    }
}
