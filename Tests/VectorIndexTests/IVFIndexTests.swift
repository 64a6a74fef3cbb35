import Foundation
import TestSupport
import Testing
import VectorIndex

struct IVFIndexTests {
    static func settings(_ metric: VectorMetric, bits: Int = 8) -> IVFSettings {
        var settings = IVFSettings()
        settings.metric = metric
        settings.bits = bits
        settings.lists = 60
        settings.memory = 64 << 20
        return settings
    }

    private func build(_ data: IVFData, _ settings: IVFSettings, in folder: TemporaryFolder) throws -> IVFIndex {
        try IVFIndex.build(
            from: try MemorySource(data.vectors, ids: data.ids), settings: settings, at: folder.file("index"))
    }

    @Test(arguments: VectorMetric.allCases, [4, 8]) func findsTheNearest(metric: VectorMetric, bits: Int) throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 1500, dimensions: 72)
        let index = try build(data, Self.settings(metric, bits: bits), in: folder)
        #expect(index.count == data.vectors.count)
        let probes = IVFData(persons: 1500, dimensions: 72, seed: 1).rows(0..<200)
        let found = try index.search(probes, k: 4, filter: nil)
        var first = 0
        for row in 0..<200 {
            #expect(found[row].count == 4)
            #expect(found[row] == found[row].sorted())
            first += found[row][0].id == Int64(row) ? 1 : 0
            for neighbor in found[row] {
                let exact = IVFData.distance(probes[row], data.vectors[Int(neighbor.id)], metric)
                let scale = metric == .cosine ? 0.12 : 12.0
                #expect(abs(Double(neighbor.distance) - exact) < scale * (bits == 8 ? 0.02 : 0.15))
            }
        }
        #expect(first == 200, "each vector is nearest to itself")
        // With all lists and many candidates the search is exact but for the distances' own error.
        let all = IVFEffort(lists: .max, candidates: 2000)
        let thorough = try index.search(probes, k: 4, effort: all)
        var same = 0
        for row in 0..<200 {
            let exact = Set(data.nearest(to: probes[row], k: 4, metric: metric).map(\.id))
            same += exact.intersection(thorough[row].map(\.id)).count
        }
        #expect(Double(same) / 800 > (bits == 8 ? 0.97 : 0.9))
    }

    @Test(arguments: VectorMetric.allCases) func knowsHowFarToLook(metric: VectorMetric) throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 2000, dimensions: 32)
        var settings = Self.settings(metric)
        settings.recall = 0.95
        let index = try build(data, settings, in: folder)
        let effort = try #require(index.effort)
        #expect(effort.lists >= 1 && effort.lists <= 100 && effort.candidates >= 10)
        // Of vectors it was not measured on, the nearest other one is found nearly as often as was asked for.
        var right = 0
        for row in stride(from: 3, to: 3000, by: 10) {
            let exact = data.nearest(to: data.vectors[row], k: 2, metric: metric)
            let found = try index.search(Array(data.vectors[row]), k: 2)
            right += found.contains { $0.id == exact[1].id } ? 1 : 0
        }
        #expect(Double(right) / 300 > 0.88)
    }

    @Test(arguments: VectorMetric.allCases) func addsAndDeletes(metric: VectorMetric) throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 600, dimensions: 40)
        var index = try IVFIndex(dimensions: 40, settings: Self.settings(metric))
        #expect(index.count == 0)
        #expect(try index.search(Array(data.vectors[0]), k: 3) == [])
        // Some at a time, the first of which the lists are learnt from.
        for start in stride(from: 0, to: 2400, by: 300) {
            try index.add(data.rows(start..<start + 300), ids: Array(data.ids[start..<start + 300]))
        }
        #expect(index.count == 2400)
        expect(.duplicateID) { () throws(VectorIndexError) in try index.add(data.rows(5..<6), ids: [5]) }
        let before = index
        let gone = IDSet(stride(from: 0, to: 2400, by: 3).map(Int64.init))
        #expect(try index.delete(gone) == 800)
        #expect(try index.delete(gone) == 0)
        #expect(index.count == 1600 && before.count == 2400, "copies are values")
        func check(_ index: IVFIndex) throws {
            for row in stride(from: 0, to: 2400, by: 37) {
                let found = try index.search(
                    VectorBatch([Array(data.vectors[row])]), k: 5, effort: .init(lists: .max, candidates: 500))[0]
                #expect(found.count == 5 && !found.contains { gone.contains($0.id) })
                #expect((found[0].id == Int64(row)) == (row % 3 != 0))
            }
        }
        try check(index)
        try index.save(to: folder.file("index"))
        try check(IVFIndex(opening: folder.file("index")))
        try index.compact()
        #expect(index.count == 1600 && index.pending == 0)
        try check(index)
        let opened = try IVFIndex(opening: folder.file("index"))
        #expect(opened.count == 1600)
        try check(opened)
        // In the lists now, deleted there, and added again.
        var changed = opened
        #expect(try changed.delete(IDSet([1, 2, 3])) == 2)
        #expect(changed.count == 1598 && changed.pending == 2)
        expect(.duplicateID) { () throws(VectorIndexError) in try changed.add(data.rows(4..<5), ids: [4]) }
        try changed.add(data.rows(1..<2), ids: [1])
        #expect(try changed.search(Array(data.vectors[1]), k: 1)[0].id == 1)
        #expect(try changed.search(Array(data.vectors[2]), k: 1)[0].id != 2)
        try changed.save(to: folder.file("index"))
        try changed.compact()
        #expect(changed.count == 1599)
        try check(
            try {
                var again = try IVFIndex(opening: folder.file("index"))
                try again.add(data.rows(2..<3), ids: [2])
                return again
            }())
    }

    @Test func findsOnlyWhatTheFilterHas() throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 1000, dimensions: 32)
        var index = try build(data, Self.settings(.euclidean), in: folder)
        try index.delete(IDSet([40]))
        for every in [2, 50, 1000] {
            let filter = IDSet(stride(from: 0, to: 4000, by: every).map(Int64.init))
            for row in stride(from: 0, to: 200, by: 17) {
                let found = try index.search(Array(data.vectors[row]), k: 10, filter: filter)
                #expect(found.count == min(10, 4000 / every))
                #expect(found.allSatisfy { filter.contains($0.id) && $0.id != 40 })
            }
        }
        #expect(try index.search(Array(data.vectors[0]), k: 10, filter: IDSet()) == [])
        #expect(try index.search(Array(data.vectors[0]), k: 10, filter: IDSet([40])) == [])
        #expect(try index.search(Array(data.vectors[0]), k: 5000).count == 3999)
    }

    @Test func refusesWhatMakesNoSense() throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 10, dimensions: 8)
        var index = try IVFIndex(dimensions: 8)
        expect(.wrongShape) { () throws(VectorIndexError) in try index.add(data.vectors, ids: [1]) }
        expect(.invalidVector) { () throws(VectorIndexError) in
            try index.add(VectorBatch([[Float](repeating: .nan, count: 8)]), ids: [1])
        }
        expect(.invalidVector) { () throws(VectorIndexError) in
            try index.add(VectorBatch([[Float](repeating: 0, count: 8)]), ids: [1])
        }
        expect(.duplicateID) { () throws(VectorIndexError) in try index.add(data.rows(0..<2), ids: [1, 1]) }
        expect(.duplicateID) { () throws(VectorIndexError) in try index.add(data.rows(0..<1), ids: [-1]) }
        #expect(index.count == 0)
        try index.add(data.rows(0..<1), ids: [7])
        #expect(try index.search(Array(data.vectors[0]), k: 3) == [Neighbor(id: 7, distance: 0)])
        expect(.wrongShape) { () throws(VectorIndexError) in _ = try index.search([1, 2], k: 1) }
        expect(.invalidVector) { () throws(VectorIndexError) in
            _ = try index.search([Float](repeating: .infinity, count: 8), k: 1)
        }
        var settings = IVFSettings()
        settings.bits = 9
        expect(.invalidSetting) { () throws(VectorIndexError) in _ = try IVFIndex(dimensions: 8, settings: settings) }
        let twice = try MemorySource(data.vectors, ids: data.ids.map { $0 / 2 })
        expect(.duplicateID) { () throws(VectorIndexError) in
            _ = try IVFIndex.build(from: twice, at: folder.file("twice"))
        }
        expect(.unreadable) { () throws(VectorIndexError) in _ = try IVFIndex(opening: folder.file("nothing")) }
    }

    @Test func manyTasksSearchAtOnce() async throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 1000, dimensions: 32)
        let index = try build(data, Self.settings(.cosine), in: folder)
        let alone = try index.search(data.rows(0..<100), k: 5, filter: nil)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { try index.search(data.rows(0..<100), k: 5, filter: nil) == alone }
            }
            for try await same in group { #expect(same) }
        }
    }

    /// Ids beyond 32 bits, a rotation of a width that is no power of two, and more lists than regions.
    @Test func holdsLargeIDsAndOddLengths() throws {
        let folder = try TemporaryFolder()
        let data = IVFData(persons: 800, dimensions: 150)
        var settings = Self.settings(.cosine)
        settings.lists = 200
        let ids = data.ids.map { $0 + 5_000_000_000 }
        let index = try IVFIndex.build(
            from: try MemorySource(data.vectors, ids: ids), settings: settings, at: folder.file("index"))
        for row in stride(from: 0, to: 3200, by: 111) {
            #expect(try index.search(Array(data.vectors[row]), k: 1)[0].id == ids[row])
        }
    }
}
