import Foundation
import TestSupport
import Testing
import VectorIndex

@Suite("faiss index")
struct FaissIndexTests {
    @Test("a graph that Python wrote is read, and searched with Python's result")
    func readsPythonsGraph() throws {
        let index = try FaissIndex(faissBytes: FaissFixture.graph)
        #expect(index.metric == .euclidean)
        #expect((index.dimensions, index.count) == (4, 9))
        let found = try index.search(FaissFixture.probe, k: 4)
        #expect(found.map(\.id) == FaissFixture.graphIDs)
        for (neighbor, square) in zip(found, FaissFixture.graphSquares) {
            #expect(abs(neighbor.distance - square.squareRoot()) < 1e-6)
        }
        #expect(Set(try index.search(FaissFixture.probe, k: 20).map(\.id)) == FaissFixture.ids)
    }

    @Test("plain vectors of length 1 that Python wrote are compared by cosine")
    func readsPythonsFlat() throws {
        let index = try FaissIndex(faissBytes: FaissFixture.flat)
        #expect(index.metric == .cosine)
        let found = try index.search(FaissFixture.probe, k: 4)
        #expect(found.map(\.id) == FaissFixture.flatIDs)
        for (neighbor, square) in zip(found, FaissFixture.flatSquares) {
            #expect(abs(neighbor.distance - square / 2) < 1e-6)
        }
        #expect(try FaissIndex(faissBytes: FaissFixture.flat, metric: .euclidean).metric == .euclidean)
    }

    @Test("what was read is written with the same bytes")
    func writesTheSame() throws {
        #expect(try FaissIndex(faissBytes: FaissFixture.graph).faissBytes() == FaissFixture.graph)
        #expect(try FaissIndex(faissBytes: FaissFixture.flat).faissBytes() == FaissFixture.flat)
    }

    @Test("finds what comparing one by one finds", arguments: VectorMetric.allCases)
    func findsNearest(metric: VectorMetric) throws {
        let data = TestVectors(count: 2000, dimensions: 24)
        var index = try FaissIndex(dimensions: 24, metric: metric)
        try index.add(data.batch(0..<1000), ids: data.ids(0..<1000))
        try index.add(data.batch(1000..<2000), ids: data.ids(1000..<2000))
        var hits = 0
        for number in 0..<50 {
            let probe = data.probe(number)
            let found = try index.search(probe, k: 10)
            let expected = data.nearest(probe, metric: metric, k: 10)
            #expect(found.count == 10 && found == found.sorted())
            hits += Set(found.map(\.id)).intersection(expected.map(\.id)).count
            #expect(abs(found[0].distance - data.distance(probe, found[0].id, metric)) < 1e-4)
        }
        #expect(hits >= 490)
    }

    @Test("deleted and unwanted vectors are not found", arguments: VectorMetric.allCases)
    func deletesAndFilters(metric: VectorMetric) throws {
        let data = TestVectors(count: 2000, dimensions: 24)
        var index = try FaissIndex(dimensions: 24, metric: metric)
        try index.add(data.batch(0..<2000), ids: data.ids(0..<2000))
        let before = index
        let gone = IDSet(data.ids(0..<2000).filter { $0 % 3 == 0 })
        #expect(try index.delete(gone) == gone.count)
        #expect(try index.delete(gone) == 0)
        #expect(index.count == 2000 - gone.count && before.count == 2000)
        for wanted in [nil, IDSet((0..<20_000).filter { $0 % 5 == 0 }), IDSet((0..<20_000).filter { $0 % 170 == 0 })] {
            let allowed = { (id: Int64) in !gone.contains(id) && (wanted?.contains(id) ?? true) }
            var (hits, all) = (0, 0)
            for number in 0..<20 {
                let probe = data.probe(number)
                let expected = data.nearest(probe, metric: metric, k: 10, where: allowed)
                let found = try index.search(probe, k: 10, filter: wanted)
                #expect(found.count == expected.count && found.allSatisfy { allowed($0.id) })
                hits += Set(found.map(\.id)).intersection(expected.map(\.id)).count
                all += expected.count
            }
            #expect(all > 0 && hits * 100 >= all * 95)
        }
        // A deleted id may come again, and deleted vectors are not written.
        try index.add(data.batch(1..<2), ids: [0])
        #expect(try index.search(Array(data.batch(1..<2).values), k: 1, filter: IDSet([0]))[0].distance < 1e-3)
        let read = try FaissIndex(faissBytes: index.faissBytes(), metric: metric)
        #expect(read.count == index.count)
        #expect(try read.search(data.probe(3), k: 2000).allSatisfy { $0.id == 0 || !gone.contains($0.id) })
    }

    @Test("a file keeps the metric and tells damage")
    func savesAndOpens() throws {
        let folder = try TemporaryFolder()
        let data = TestVectors(count: 300, dimensions: 8)
        for metric in VectorMetric.allCases {
            var index = try FaissIndex(dimensions: 8, metric: metric)
            try index.add(data.batch(0..<300), ids: data.ids(0..<300))
            let file = folder.url.appending(path: "faiss")
            try index.save(to: file)
            let opened = try FaissIndex(opening: file)
            #expect(opened.metric == metric && opened.count == 300)
            #expect(try opened.search(data.probe(1), k: 5) == index.search(data.probe(1), k: 5))
        }
        let file = folder.url.appending(path: "faiss")
        let whole = try Data(contentsOf: file)
        var random = RandomNumbers(4)
        for _ in 0..<500 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            try bytes.write(to: file)
            #expect { try FaissIndex(opening: file) } throws: { ($0 as? VectorIndexError)?.code == .damaged }
        }
        #expect { try FaissIndex(opening: folder.url.appending(path: "none")) } throws: {
            ($0 as? VectorIndexError)?.code == .unreadable
        }
        #expect {
            try FaissIndex(dimensions: 3, metric: .cosine).save(to: URL(fileURLWithPath: "/proc/none/x"))
        } throws: {
            ($0 as? VectorIndexError)?.code == .unwritable
        }
    }

    @Test("what makes no sense is refused, and nothing is added")
    func refuses() throws {
        var index = try FaissIndex(dimensions: 2, metric: .cosine)
        try index.add(VectorBatch([[1, 0]]), ids: [1])
        func expect(_ code: VectorIndexError.Code, _ rows: [[Float]], _ ids: [Int64]) {
            #expect { try index.add(VectorBatch(rows), ids: ids) } throws: { ($0 as? VectorIndexError)?.code == code }
        }
        expect(.wrongShape, [[1, 0, 0]], [2])
        expect(.wrongShape, [[1, 0]], [2, 3])
        expect(.duplicateID, [[1, 0]], [1])
        expect(.duplicateID, [[1, 0], [0, 1]], [2, 2])
        expect(.duplicateID, [[1, 0]], [-2])
        expect(.invalidVector, [[1, .nan]], [2])
        expect(.invalidVector, [[1, 1], [0, 0]], [2, 3])
        #expect(index.count == 1)
        #expect { try index.search([1], k: 1) } throws: { ($0 as? VectorIndexError)?.code == .wrongShape }
        #expect(try FaissIndex(dimensions: 2, metric: .euclidean).search([1, 2], k: 3).isEmpty)
    }

    @Test("2,000 damaged files of Python's are refused, or searched without harm")
    func survivesDamage() throws {
        var random = RandomNumbers(9)
        var refused = 0
        for number in 0..<2000 {
            var bytes = number % 4 == 0 ? FaissFixture.flat : FaissFixture.graph
            switch number % 5 {
            case 0: bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))
            case 1:
                // A length or place that is far off.
                let place = Int.random(in: 0..<bytes.count - 8, using: &random)
                let value = [UInt64.max, 1 << 62, 1 << 32, 0, 0x7FFF_FFFF].randomElement(using: &random)!
                withUnsafeBytes(of: value) { bytes.replaceSubrange(place..<place + 8, with: $0) }
            default:
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
            }
            do throws(VectorIndexError) {
                var index = try FaissIndex(faissBytes: Data(bytes))
                let probe = (0..<index.dimensions).map { Float($0 + 1) }
                let found = try index.search(probe, k: 5)
                #expect(found.count <= 5)
                try index.add(VectorBatch(dimensions: index.dimensions, values: probe), ids: [12345])
            } catch {
                #expect(error.code == .damaged || error.code == .invalidVector)
                refused += 1
            }
        }
        #expect(refused > 600)
    }
}
