import Foundation
import TestSupport
import Testing
import VectorIndex

struct FlatFileTests {
    @Test(arguments: [VectorMetric.cosine, .euclidean], RowPrecision.allCases)
    func opensAsItWasSaved(metric: VectorMetric, precision: RowPrecision) throws {
        let folder = try TemporaryFolder()
        for count in [0, 3, 2050] {
            let url = folder.file("\(count).index")
            let data = FaceLikeVectors(count, dimensions: 24, mean: 1)
            var index = FlatIndex(dimensions: 24, metric: metric, precision: precision)
            try index.add(data.stored, ids: (0..<count).map { Int64(2 * $0) })
            try index.save(to: url)
            try FlatIndex.verify(url)
            var opened = try FlatIndex(opening: url)
            #expect(opened.count == count && opened.metric == metric && opened.precision == precision)
            #expect(try opened.search(data.probes, k: 7) == index.search(data.probes, k: 7))

            // What was opened can be changed, and the file under it stays.
            let more = FaceLikeVectors(1100, dimensions: 24, mean: 1, seed: 8)
            for start in [0, 1, 500] {
                let rows = start..<(start == 0 ? 1 : start == 1 ? 500 : 1100)
                let some = VectorBatch(dimensions: 24, values: rows.flatMap { Array(more.stored[$0]) })
                try opened.add(some, ids: rows.map { Int64(2 * $0 + 1) })
                try index.add(some, ids: rows.map { Int64(2 * $0 + 1) })
            }
            let gone = IDSet((0..<200).map { Int64($0 * 5) })
            #expect(try opened.delete(gone) == index.delete(gone))
            #expect(try opened.search(more.probes, k: 30) == index.search(more.probes, k: 30))
            #expect(try FlatIndex(opening: url).count == count)

            // Saved over itself, without the deleted ones.
            try opened.save(to: url)
            try FlatIndex.verify(url)
            var again = try FlatIndex(opening: url)
            #expect(again.count == opened.count)
            #expect(try again.search(more.probes, k: 30) == index.search(more.probes, k: 30))
            expect(.duplicateID) { () throws(VectorIndexError) in
                try again.add(VectorBatch(dimensions: 24, values: Array(more.stored[0])), ids: [3])
            }
            try again.add(VectorBatch(dimensions: 24, values: Array(more.stored[0])), ids: [5])
        }
    }

    @Test func sharesAFile() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("gallery")
        let data = FaceLikeVectors(1500, dimensions: 16)
        var index = FlatIndex(dimensions: 16, metric: .euclidean)
        try index.add(data.stored, ids: Array(0..<1500))
        try IndexFile.write(to: url, kind: "gallery") { (file) throws(VectorIndexError) in
            try file.section("photos", Array("a.jpg".utf8))
            try index.write(to: file, as: "faces")
        }
        let file = try IndexFile(opening: url, kind: "gallery")
        let opened = try FlatIndex(in: file, as: "faces")
        #expect(try opened.search(data.probes, k: 3) == index.search(data.probes, k: 3))
        expect(.damaged) { () throws(VectorIndexError) in _ = try FlatIndex(in: file, as: "other") }
    }

    /// Wherever a byte is wrong, opening or verifying says so, and searching never crashes.
    @Test func noticesDamage() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        let data = FaceLikeVectors(1100, dimensions: 16)
        var index = FlatIndex(dimensions: 16, metric: .cosine)
        try index.add(data.stored, ids: Array(0..<1100))
        try index.save(to: url)
        let right = try index.search(data.probes, k: 5)
        let whole = try Data(contentsOf: url)
        var random = RandomNumbers(4)
        for _ in 0..<150 {
            var damaged = whole
            damaged[Int.random(in: 0..<whole.count, using: &random)] ^= UInt8(
                1 << Int.random(in: 0..<8, using: &random))
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<whole.count, using: &random)) }
            try damaged.write(to: url)
            do {
                let opened = try FlatIndex(opening: url)
                let found = try? opened.search(data.probes, k: 5)
                try FlatIndex.verify(url)
                #expect(found == right, "a byte between sections")
            } catch {
                #expect(error.code == .damaged)
            }
        }
    }
}
