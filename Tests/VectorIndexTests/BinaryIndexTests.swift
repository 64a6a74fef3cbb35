import Foundation
import TestSupport
import Testing
import VectorIndex

struct BinaryIndexTests {
    private static let count = 40000

    /// Faces on the sphere, and raw embeddings far from the origin, as dlib's are.
    @Test(arguments: [VectorMetric.cosine, .euclidean]) func findsItsPart(metric: VectorMetric) throws {
        let data = FaceLikeVectors(
            Self.count, dimensions: 64, mean: metric == .cosine ? 0 : 3, length: 0.3, probes: 200)
        var index = try BinaryIndex(dimensions: 64, metric: metric, recall: 0.98)
        var exact = FlatIndex(dimensions: 64, metric: metric)
        // In two pieces, so that codes are made anew on the way.
        for rows in [0..<33000, 33000..<Self.count] {
            let some = VectorBatch(
                dimensions: 64, values: Array(data.stored.values[rows.lowerBound * 64..<rows.upperBound * 64]))
            try index.add(some, ids: rows.map { Int64($0) })
            try exact.add(some, ids: rows.map { Int64($0) })
        }
        func recall(_ index: BinaryIndex, k: Int, filter: IDSet? = nil) throws -> Double {
            let found = try index.search(data.probes, k: k, filter: filter)
            let right = try exact.search(data.probes, k: k, filter: filter)
            #expect(found.allSatisfy { $0 == $0.sorted() && $0.count == k })
            return Double(zip(found, right).map { Set($0).intersection($1).count }.reduce(0, +)) / Double(200 * k)
        }
        #expect(try recall(index, k: 1) >= 0.96)
        #expect(try recall(index, k: 10) >= 0.94)
        #expect(try recall(index, k: 6000) == 1, "so many are found by the exact index")
        let odd = IDSet((0..<Int64(Self.count)).filter { $0 % 2 == 1 })
        let few = IDSet(0..<100)
        #expect(try recall(index, k: 1, filter: odd) >= 0.96)
        #expect(try index.search(data.probes, k: 1, filter: odd).allSatisfy { $0[0].id % 2 == 1 })
        #expect(try recall(index, k: 5, filter: few) == 1)

        let gone = IDSet((0..<Int64(Self.count)).filter { $0 % 3 == 0 })
        #expect(try index.delete(gone) == exact.delete(gone))
        #expect(try recall(index, k: 1) >= 0.96)
        #expect(try index.search(data.probes, k: 5).allSatisfy { $0.allSatisfy { $0.id % 3 != 0 } })

        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        try index.save(to: url)
        try BinaryIndex.verify(url)
        var opened = try BinaryIndex(opening: url)
        #expect(opened.count == index.count && opened.recall == 0.98 && opened.metric == metric)
        #expect(try recall(opened, k: 1) >= 0.96)
        try opened.add(data.probes, ids: (0..<200).map { 3 * $0 })
        #expect(
            try opened.search(data.probes, k: 1).enumerated().allSatisfy { $0.element[0].id == Int64(3 * $0.offset) })
        expect(.damaged) { () throws(VectorIndexError) in _ = try FlatIndex(opening: url) }
        var damaged = try Data(contentsOf: url)
        damaged[20000] ^= 1
        try damaged.write(to: url)
        expect(.damaged) { () throws(VectorIndexError) in _ = try BinaryIndex(opening: url) }
    }

    @Test func isExactWhileSmall() throws {
        let data = FaceLikeVectors(1500, dimensions: 3)
        var index = try BinaryIndex(dimensions: 3, metric: .euclidean)
        #expect(try index.search([1, 2, 3], k: 2).isEmpty)
        try index.add(data.stored, ids: Array(0..<1500))
        let truth = BruteForce(data.stored, ids: Array(0..<1500), metric: .euclidean)
        for (probe, found) in try index.search(data.probes, k: 4).enumerated() {
            truth.check(found, probe: Array(data.probes[probe]), k: 4)
        }
        expect(.invalidSetting) { () throws(VectorIndexError) in
            _ = try BinaryIndex(dimensions: 3, metric: .cosine, recall: 1)
        }
        expect(.invalidVector) { () throws(VectorIndexError) in _ = try index.search([.nan, 1, 1], k: 2) }
    }
}
