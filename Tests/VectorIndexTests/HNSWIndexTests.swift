import Foundation
import TestSupport
import Testing
import VectorIndex

@Suite("hnsw index")
struct HNSWIndexTests {
    private func recall(
        _ index: HNSWIndex, _ data: TestVectors, filter: IDSet? = nil, where allowed: (Int64) -> Bool = { _ in true }
    ) throws -> Double {
        var (hits, all) = (0, 0)
        for number in 0..<100 {
            let probe = data.probe(number)
            let found = try index.search(probe, k: 10, filter: filter)
            let expected = data.nearest(probe, metric: index.metric, k: 10, where: allowed)
            #expect(found.count == expected.count && found.allSatisfy { allowed($0.id) } && found == found.sorted())
            for neighbor in found {
                #expect(abs(neighbor.distance - data.distance(probe, neighbor.id, index.metric)) < 1e-4)
            }
            hits += Set(found.map(\.id)).intersection(expected.map(\.id)).count
            all += expected.count
        }
        return Double(hits) / Double(all)
    }

    @Test("finds what comparing one by one finds, added at once or one by one", arguments: VectorMetric.allCases)
    func findsNearest(metric: VectorMetric) throws {
        let data = TestVectors(count: 3000, dimensions: 37)
        var index = try HNSWIndex(dimensions: 37, metric: metric)
        #expect(try index.search(data.probe(0), k: 3).isEmpty)
        try index.add(data.batch(0..<2500), ids: data.ids(0..<2500))
        for place in 2500..<3000 { try index.add(data.batch(place..<place + 1), ids: data.ids(place..<place + 1)) }
        #expect(index.count == 3000)
        #expect(try recall(index, data) >= 0.99)
    }

    @Test("a walk finds what a wider one finds, and only more")
    func effortCounts() throws {
        let data = TestVectors(count: 5000, dimensions: 32)
        var index = try HNSWIndex(dimensions: 32, metric: .euclidean, links: 4, construction: 10)
        try index.add(data.batch(0..<5000), ids: data.ids(0..<5000))
        index.effort = 10
        let narrow = try recall(index, data)
        index.effort = 1000
        let wide = try recall(index, data)
        #expect(narrow < wide && wide >= 0.98)
    }

    @Test("calibrated for a recall, it reaches that on other probes", arguments: VectorMetric.allCases)
    func calibrates(metric: VectorMetric) throws {
        let data = TestVectors(count: 5000, dimensions: 32)
        var index = try HNSWIndex(dimensions: 32, metric: metric, links: 6, construction: 20)
        try index.add(data.batch(0..<5000), ids: data.ids(0..<5000))
        #expect(try index.calibrate(recall: 0.7) >= 0.7)
        let low = index.effort
        #expect(try index.calibrate(recall: 0.98) >= 0.98)
        #expect(low < index.effort)
        #expect(try recall(index, data) >= 0.95)
        #expect { try index.calibrate(recall: 2) } throws: { ($0 as? VectorIndexError)?.code == .invalidSetting }
    }

    @Test("the same vectors make the same graph, on however many processors")
    func buildsAlike() throws {
        let folder = try TemporaryFolder()
        let data = TestVectors(count: 2000, dimensions: 16)
        for name in ["one", "two"] {
            var index = try HNSWIndex(dimensions: 16, metric: .cosine)
            try index.add(data.batch(0..<2000), ids: data.ids(0..<2000))
            try index.save(to: folder.file(name))
        }
        let (one, two) = (
            try IndexFile(opening: folder.file("one"), kind: "hnsw"),
            try IndexFile(opening: folder.file("two"), kind: "hnsw")
        )
        for name in one.sectionNames {
            #expect(
                try Array(one.section(name, of: UInt8.self)) == Array(two.section(name, of: UInt8.self)), "\(name)")
        }
    }

    @Test("deleted and unwanted vectors are not found", arguments: VectorMetric.allCases)
    func deletesAndFilters(metric: VectorMetric) throws {
        let data = TestVectors(count: 3000, dimensions: 24)
        var index = try HNSWIndex(dimensions: 24, metric: metric)
        try index.add(data.batch(0..<3000), ids: data.ids(0..<3000))
        let before = index
        let gone = IDSet(data.ids(0..<3000).filter { $0 % 9 == 0 })
        #expect(try index.delete(gone) == gone.count)
        #expect(try index.delete(gone) == 0)
        #expect(index.count == 3000 - gone.count && before.count == 3000)
        for step in [1, 5, 170, 100_000] {
            let wanted = step == 1 ? nil : IDSet((1..<30_000).filter { $0 % Int64(step) == 0 })
            let allowed = { (id: Int64) in !gone.contains(id) && (wanted?.contains(id) ?? true) }
            if step < 100_000 {
                #expect(try recall(index, data, filter: wanted, where: allowed) >= 0.97)
            } else {
                #expect(try index.search(data.probe(1), k: 10, filter: wanted).isEmpty)
            }
        }
        // A deleted id may come again.
        try index.add(data.batch(1..<2), ids: [0])
        #expect(try index.search(Array(data.batch(1..<2).values), k: 1, filter: IDSet([0]))[0].distance < 1e-3)
        #expect(try recall(before, data) >= 0.98)
    }

    @Test("a saved index is found again, without what was deleted", arguments: [10, 3, 2])
    func savesAndOpens(oneIn: Int64) throws {
        let folder = try TemporaryFolder()
        let data = TestVectors(count: 3000, dimensions: 24)
        var index = try HNSWIndex(dimensions: 24, metric: .euclidean)
        try index.add(data.batch(0..<3000), ids: data.ids(0..<3000))
        index.effort = 80
        try index.save(to: folder.file("whole"))
        let whole = try HNSWIndex(opening: folder.file("whole"))
        #expect(whole.effort == 80 && whole.metric == .euclidean && whole.dimensions == 24)
        #expect(try whole.search(data.probe(5), k: 20) == index.search(data.probe(5), k: 20))

        let gone = IDSet(data.ids(0..<3000).filter { $0 / 7 % oneIn == 0 })
        try index.delete(gone)
        try index.save(to: folder.file("rest"))
        var rest = try HNSWIndex(opening: folder.file("rest"))
        #expect(rest.count == 3000 - gone.count)
        #expect(try recall(rest, data, where: { !gone.contains($0) }) >= 0.98)
        // The numbers of a deleted vector are in the file no more.
        let row = data.batch(0..<1).values.withUnsafeBytes { Data($0) }
        #expect(try Data(contentsOf: folder.file("whole")).range(of: row) != nil)
        #expect(try Data(contentsOf: folder.file("rest")).range(of: row) == nil)
        // It goes on growing.
        let again = (0..<3000).filter { Int64($0) % oneIn == 0 }
        for place in again { try rest.add(data.batch(place..<place + 1), ids: [Int64(place) * 7]) }
        #expect(try recall(rest, data) >= 0.98)
    }

    @Test("a damaged file is refused")
    func tellsDamage() throws {
        let folder = try TemporaryFolder()
        let data = TestVectors(count: 200, dimensions: 8)
        var index = try HNSWIndex(dimensions: 8, metric: .cosine)
        try index.add(data.batch(0..<200), ids: data.ids(0..<200))
        let file = folder.file("index")
        try index.save(to: file)
        let whole = try Data(contentsOf: file)
        var random = RandomNumbers(3)
        for number in 0..<300 {
            var bytes = whole
            if number % 3 == 0 {
                bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            try bytes.write(to: file)
            do throws(VectorIndexError) {
                // Zeros between the sections are nobody's.
                #expect(try HNSWIndex(opening: file).search(data.probe(0), k: 3) == index.search(data.probe(0), k: 3))
            } catch {
                #expect(error.code == .damaged)
            }
        }
    }

    @Test("what makes no sense is refused, and nothing is added")
    func refuses() throws {
        var index = try HNSWIndex(dimensions: 2, metric: .cosine)
        try index.add(VectorBatch([[1, 0]]), ids: [1])
        func expect(_ code: VectorIndexError.Code, _ rows: [[Float]], _ ids: [Int64]) {
            #expect { try index.add(VectorBatch(rows), ids: ids) } throws: { ($0 as? VectorIndexError)?.code == code }
        }
        expect(.wrongShape, [[1, 0, 0]], [2])
        expect(.wrongShape, [[1, 0]], [2, 3])
        expect(.duplicateID, [[1, 0]], [1])
        expect(.duplicateID, [[1, 0], [0, 1]], [2, 2])
        expect(.duplicateID, [[1, 0]], [-2])
        expect(.invalidVector, [[1, .infinity]], [2])
        expect(.invalidVector, [[1, 1], [0, 0]], [2, 3])
        #expect(index.count == 1)
        #expect { try HNSWIndex(dimensions: 2, metric: .cosine, links: 1) } throws: {
            ($0 as? VectorIndexError)?.code == .invalidSetting
        }
    }
}
