/// Numbers of clusters that stay when members come and go.
///
/// A number goes with most of its members; where several go into one cluster, that keeps the lowest, which is the oldest.
/// Numbers are never given twice.
public struct ClusterNumbers<Member: Hashable & Sendable>: Sendable {
    /// The number of the cluster that each member is in.
    public private(set) var numbers: [Member: Int]
    /// The next that is given.
    public private(set) var next: Int

    /// - Parameter next: above all numbers.
    public init(_ numbers: [Member: Int] = [:], next: Int = 1) {
        self.numbers = numbers
        self.next = max(next, (numbers.values.max() ?? 0) + 1)
    }

    /// Numbers for clusters, which replace those from before.
    ///
    /// - Parameter rest: members that are in none now; should they be in one again, they keep their number.
    /// - Returns: the number of each.
    public mutating func update(_ clusters: [[Member]], rest: [Member] = []) -> [Int] {
        var shared: [Int: [Int: Int]] = [:]
        for (cluster, members) in clusters.enumerated() {
            for member in members {
                if let number = numbers[member] { shared[number, default: [:]][cluster, default: 0] += 1 }
            }
        }
        var result = [Int?](repeating: nil, count: clusters.count)
        for number in shared.keys.sorted() {
            let places = shared[number] ?? [:]
            let most = places.max { ($0.value, $1.key) < ($1.value, $0.key) }
            if let cluster = most?.key, result[cluster] == nil { result[cluster] = number }
        }
        var given: [Int] = []
        for number in result {
            given.append(number ?? next)
            if number == nil { next += 1 }
        }
        let known = Set(rest)
        numbers = numbers.filter { known.contains($0.key) }
        for (number, members) in zip(given, clusters) {
            for member in members { numbers[member] = number }
        }
        return given
    }
}
