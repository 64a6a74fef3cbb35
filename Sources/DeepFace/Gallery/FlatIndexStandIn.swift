import VectorIndex

struct FlatIndex: Sendable {
    let dimensions: Int
    let metric: VectorMetric
    private var values: [Float] = []
    var count: Int { values.count / dimensions }
    init(dimensions: Int, metric: VectorMetric) { (self.dimensions, self.metric) = (dimensions, metric) }
    mutating func add(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError) { values += vectors.values }
    init(_ file: IndexFile, prefix: String) throws(VectorIndexError) {
        struct H: Codable {
            var d: Int
            var m: VectorMetric
        }
        let h = try file.value(prefix + "head", as: H.self)
        (dimensions, metric) = (h.d, h.m)
        try file.check(prefix + "v")
        values = Array(try file.section(prefix + "v", of: Float.self))
    }
    func write(to file: IndexFileWriter, prefix: String) throws(VectorIndexError) {
        struct H: Codable {
            var d: Int
            var m: VectorMetric
        }
        try file.section(prefix + "head", json: H(d: dimensions, m: metric))
        try file.section(prefix + "v", values)
    }
    func vector(_ row: Int) -> [Float] { Array(values[row * dimensions..<(row + 1) * dimensions]) }
    func search(_ probes: VectorBatch, k: Int, filter: IDSet?) throws(VectorIndexError) -> [[Neighbor]] {
        (0..<probes.count).map { p in
            let probe = probes[p]
            let all = (0..<count).map { row -> Neighbor in
                var (dot, a, b, d) = (0.0, 0.0, 0.0, 0.0)
                for (x, y) in zip(probe, values[row * dimensions..<(row + 1) * dimensions]) {
                    let (x, y) = (Double(x), Double(y))
                    dot += x * y
                    a += x * x
                    b += y * y
                    d += (x - y) * (x - y)
                }
                let distance = metric == .cosine ? 1 - dot / (a * b).squareRoot() : d.squareRoot()
                return Neighbor(id: Int64(row), distance: Float(distance))
            }
            return Array(all.sorted().prefix(k))
        }
    }
}
