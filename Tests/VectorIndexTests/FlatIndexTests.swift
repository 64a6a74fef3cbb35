import Foundation
import TestSupport
import Testing
import VectorIndex

/// Vectors as face embeddings lie: some pictures each of many people, round a common mean.
struct FaceLikeVectors {
    let stored: VectorBatch
    let probes: VectorBatch

    init(_ count: Int, dimensions: Int, mean: Float = 0, length: Float = 1, seed: UInt64 = 7, probes: Int = 20) {
        var random = RandomNumbers(seed)
        let common = random.gaussians(dimensions).map { $0 * mean }
        func picture(of person: [Float]) -> [Float] {
            zip(zip(person, random.gaussians(dimensions)), common).map { ($0.0 + 0.65 * $0.1) * length + $1 }
        }
        var (rows, people): ([[Float]], [[Float]]) = ([], [random.gaussians(dimensions)])
        for row in 0..<count {
            if row % 5 == 0 { people.append(random.gaussians(dimensions)) }
            rows.append(picture(of: people.last!))
        }
        stored = rows.isEmpty ? VectorBatch(dimensions: dimensions) : VectorBatch(rows)
        self.probes = VectorBatch((0..<probes).map { _ in picture(of: people.randomElement(using: &random)!) })
    }
}

/// Compares every vector, in double precision.
struct BruteForce {
    var rows: [(id: Int64, vector: [Double])] = []
    let metric: VectorMetric

    init(_ vectors: VectorBatch, ids: [Int64], metric: VectorMetric) {
        self.metric = metric
        rows = ids.indices.map { (ids[$0], unit(Array(vectors[$0]))) }
    }

    private func unit(_ vector: [Float]) -> [Double] {
        let vector = vector.map(Double.init)
        guard metric == .cosine else { return vector }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    func distances(_ probe: [Float]) -> [(id: Int64, distance: Double)] {
        let probe = unit(probe)
        return rows.map { id, vector in
            let squared = zip(probe, vector).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            return (id, metric == .cosine ? squared / 2 : squared.squareRoot())
        }
    }

    /// Whether `found` are the `k` nearest: right distances, in order, and nothing nearer left out. Distances that
    /// single precision cannot tell apart may stand in any order.
    func check(
        _ found: [Neighbor], probe: [Float], k: Int, filter: IDSet? = nil, tolerance: Double = 2e-6,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let all = distances(probe).filter { filter?.contains($0.id) ?? true }
        let scale = max(1, all.map(\.distance).max() ?? 1)
        let distance = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.distance) })
        #expect(found.count == min(k, all.count), sourceLocation: sourceLocation)
        #expect(found == found.sorted() && Set(found.map(\.id)).count == found.count, sourceLocation: sourceLocation)
        for neighbor in found {
            let difference = abs(Double(neighbor.distance) - (distance[neighbor.id] ?? .infinity))
            #expect(difference <= tolerance * scale, sourceLocation: sourceLocation)
        }
        let farthest = found.last.map { Double($0.distance) } ?? .infinity
        let names = Set(found.map(\.id))
        let missed = all.filter { !names.contains($0.id) && $0.distance < farthest - tolerance * scale }
        #expect(missed.isEmpty, "nearer ones were missed", sourceLocation: sourceLocation)
    }
}

struct FlatIndexTests {
    /// Numbers of vectors below and above where codes begin, dimensions that fill no block, and a common mean.
    @Test(
        arguments: [VectorMetric.cosine, .euclidean],
        [(1, 3), (300, 128), (1024, 1), (2500, 7), (3003, 128), (1500, 515)])
    func findsWhatComparingEveryVectorFinds(metric: VectorMetric, size: (Int, Int)) throws {
        for mean: Float in [0, 3] {
            let data = FaceLikeVectors(size.0, dimensions: size.1, mean: mean, length: 0.3)
            var index = FlatIndex(dimensions: size.1, metric: metric)
            let ids = (0..<size.0).map { Int64($0 * 3) }
            try index.add(data.stored, ids: ids)
            #expect(index.count == size.0)
            let truth = BruteForce(data.stored, ids: ids, metric: metric)
            let filter = IDSet(ids.filter { $0 % 2 == 0 })
            for k in [1, 10, size.0 / 9, size.0 + 5] where k > 0 {
                let found = try index.search(data.probes, k: k)
                let filtered = try index.search(data.probes, k: k, filter: filter)
                for probe in 0..<data.probes.count {
                    truth.check(found[probe], probe: Array(data.probes[probe]), k: k)
                    truth.check(filtered[probe], probe: Array(data.probes[probe]), k: k, filter: filter)
                    if probe % 7 == 0 {
                        #expect(try index.search(Array(data.probes[probe]), k: k) == found[probe])
                    }
                }
            }
        }
    }

    @Test func halvesAreExactAsStored() throws {
        let data = FaceLikeVectors(3000, dimensions: 96)
        let rounded = VectorBatch(
            dimensions: 96, values: data.stored.values.map { Float(Float16($0)) })
        var index = FlatIndex(dimensions: 96, metric: .euclidean, precision: .float16)
        try index.add(data.stored, ids: Array(0..<3000))
        let truth = BruteForce(rounded, ids: Array(0..<3000), metric: .euclidean)
        for (probe, found) in try index.search(data.probes, k: 10).enumerated() {
            truth.check(found, probe: Array(data.probes[probe]), k: 10)
        }
        expect(.invalidVector) { () throws(VectorIndexError) in
            try index.add(VectorBatch(dimensions: 96, values: [Float](repeating: 70000, count: 96)), ids: [9999])
        }
    }

    /// Vectors added in many pieces, some far longer and some far from the others, duplicates among them, then deleted.
    @Test(arguments: [VectorMetric.cosine, .euclidean])
    func staysExactAsItChanges(metric: VectorMetric) throws {
        var random = RandomNumbers(3)
        var index = FlatIndex(dimensions: 40, metric: metric)
        index.threads = 2
        var (all, ids): ([[Float]], [Int64]) = ([], [])
        var free = Array(0..<9000).map(Int64.init).shuffled(using: &random)
        var truth = BruteForce(VectorBatch(dimensions: 40), ids: [], metric: metric)
        for round in 0..<12 {
            let some = [1, 15, 700, 900][round % 4]
            var rows = (0..<some).map { _ in
                random.gaussians(40).map { $0 * [1, 1, 50][round % 3] + [0, 0.5, 4][round % 3] }
            }
            // Each tenth is there already.
            for row in rows.indices where row % 10 == 9 { rows[row] = all.randomElement(using: &random) ?? rows[row] }
            let named = Array(free.suffix(some))
            free.removeLast(some)
            try index.add(VectorBatch(rows), ids: named)
            all += rows
            ids += named
            let gone = IDSet(ids.filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
            let left = ids.indices.filter { !gone.contains(ids[$0]) }
            #expect(try index.delete(gone) == ids.count - left.count)
            #expect(try index.delete(gone) == 0)
            // What was deleted may come again.
            free = ids.filter { gone.contains($0) } + free
            (all, ids) = (left.map { all[$0] }, left.map { ids[$0] })
            #expect(index.count == ids.count)
            guard !all.isEmpty else { continue }
            truth = BruteForce(VectorBatch(all), ids: ids, metric: metric)
            let probes = VectorBatch((0..<5).map { $0 < 3 ? all[$0 % all.count] : random.gaussians(40) })
            for (probe, found) in try index.search(probes, k: 9).enumerated() {
                truth.check(found, probe: Array(probes[probe]), k: 9, tolerance: 1e-5)
            }
        }
    }

    @Test(arguments: RowPrecision.allCases) func roomThatWasMadeChangesNothing(_ precision: RowPrecision) throws {
        let data = FaceLikeVectors(3000, dimensions: 32)
        func filled(_ room: Int?) throws -> FlatIndex {
            var index = FlatIndex(dimensions: 32, metric: .euclidean, precision: precision)
            if let room { index.reserveCapacity(room) }
            for start in stride(from: 0, to: 3000, by: 700) {
                let rows = start..<min(start + 700, 3000)
                try index.add(VectorBatch(rows.map { Array(data.stored[$0]) }), ids: rows.map(Int64.init))
                if let room { index.reserveCapacity(room) }
            }
            return index
        }
        let plain = try filled(nil).search(data.probes, k: 10, filter: nil)
        for room in [3000, 10, 100_000] {
            let found = try filled(room).search(data.probes, k: 10, filter: nil)
            #expect(found == plain)
        }
    }

    @Test func equalsComeByTheirIDs() throws {
        var index = FlatIndex(dimensions: 16, metric: .euclidean)
        let one = RandomNumbers.vector(16, seed: 1)
        let other = RandomNumbers.vector(16, seed: 2)
        let ids = (0..<4000).map { Int64(4000 - $0) }
        try index.add(VectorBatch((0..<4000).map { $0 % 2 == 0 ? one : other }), ids: ids)
        let found = try index.search(one, k: 100)
        #expect(found.map(\.id) == (1...100).map { Int64(2 * $0) } && found.allSatisfy { $0.distance == 0 })
    }

    @Test func allTheSameVectorIsFine() throws {
        var index = FlatIndex(dimensions: 8, metric: .euclidean)
        let zeros = VectorBatch(dimensions: 8, values: [Float](repeating: 0, count: 8 * 2000))
        try index.add(zeros, ids: Array(0..<2000))
        #expect(try index.search([Float](repeating: 0, count: 8), k: 3).map(\.id) == [0, 1, 2])
        #expect(try index.search([Float](repeating: 1, count: 8), k: 3).map(\.id) == [0, 1, 2])
    }

    @Test func refusesWhatItCannotHold() throws {
        var index = FlatIndex(dimensions: 2, metric: .cosine)
        #expect(try index.search([1, 0], k: 5).isEmpty)
        try index.add(VectorBatch([[3, 4], [1, 0]]), ids: [10, 20])
        #expect(try index.search([0, 2], k: 5).map(\.id) == [10, 20])
        #expect(try index.search([0, 2], k: 0).isEmpty && index.search([0, 2], k: 2, filter: IDSet()).isEmpty)
        expect(.wrongShape) { () throws(VectorIndexError) in try index.add(VectorBatch([[1]]), ids: [1]) }
        expect(.wrongShape) { () throws(VectorIndexError) in try index.add(VectorBatch([[1, 2]]), ids: [1, 2]) }
        expect(.duplicateID) { () throws(VectorIndexError) in try index.add(VectorBatch([[1, 2]]), ids: [10]) }
        expect(.duplicateID) { () throws(VectorIndexError) in try index.add(VectorBatch([[1, 2]]), ids: [-1]) }
        expect(.duplicateID) { () throws(VectorIndexError) in
            try index.add(VectorBatch([[1, 2], [1, 2]]), ids: [7, 7])
        }
        for bad: [Float] in [[.nan, 1], [1, .infinity], [0, 0], [1e30, 1e30]] {
            expect(.invalidVector) { () throws(VectorIndexError) in try index.add(VectorBatch([bad]), ids: [7]) }
            expect(.invalidVector) { () throws(VectorIndexError) in _ = try index.search(bad, k: 1) }
        }
        expect(.wrongShape) { () throws(VectorIndexError) in _ = try index.search([1, 2, 3], k: 1) }
        #expect(index.count == 2)
    }
}

extension RandomNumbers {
    static func vector(_ dimensions: Int, seed: UInt64) -> [Float] {
        var random = RandomNumbers(seed)
        return random.gaussians(dimensions)
    }
}
