import CVectorScan
import Foundation
import TestSupport
import Testing
import VectorIndex

struct IVFStorageTests {
    private func build(in folder: TemporaryFolder) throws -> (index: IVFIndex, data: IVFData, url: URL) {
        let data = IVFData(persons: 500, dimensions: 32)
        let url = folder.file("index")
        let index = try IVFIndex.build(
            from: try MemorySource(data.vectors, ids: data.ids), settings: IVFIndexTests.settings(.euclidean), at: url)
        return (index, data, url)
    }

    private func names(_ url: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }

    @Test func leavesNothingBehind() throws {
        let folder = try TemporaryFolder()
        var (index, data, url) = try build(in: folder)
        let built = names(url)
        #expect(built.count == 7, "manifest, lock, model, and four files of lists: \(built)")
        try index.add(data.rows(0..<10), ids: Array(5000..<5010))
        try index.save(to: url)
        #expect(names(url).count == 8)
        try index.delete(IDSet([3, 5003]))
        try index.save(to: url)
        #expect(names(url).count == 9)
        try index.compact()
        #expect(names(url).count == 7)
        // Another build in the same place, and one that fails.
        index = try IVFIndex.build(from: try MemorySource(data.rows(0..<400), ids: Array(0..<400)), at: url)
        #expect(names(url).count == 7 && index.count == 400)
        let bad = VectorBatch(dimensions: 32, values: data.rows(0..<2).values + [Float](repeating: .nan, count: 32))
        expect(.invalidVector) { () throws(VectorIndexError) in
            _ = try IVFIndex.build(from: try MemorySource(bad, ids: [1, 2, 3]), at: url)
        }
        #expect(names(url).count == 7)
        #expect(try IVFIndex(opening: url).count == 400)
    }

    @Test func savesElsewhere() throws {
        let folder = try TemporaryFolder()
        var (index, data, url) = try build(in: folder)
        try index.add(data.rows(0..<10), ids: Array(5000..<5010))
        try index.delete(IDSet([7]))
        try index.save(to: folder.file("other"))
        #expect(try IVFIndex(opening: url).count == 2000, "what was not saved there is not there")
        let other = try IVFIndex(opening: folder.file("other"))
        #expect(other.count == 2009)
        try FileManager.default.removeItem(at: url)
        #expect(try other.search(Array(data.vectors[9]), k: 2).map(\.id) == [9, 5009])
        try IVFIndex.verify(folder.file("other"))
    }

    @Test func doesNotLoseAnothersChanges() throws {
        let folder = try TemporaryFolder()
        var (mine, data, url) = try build(in: folder)
        var theirs = try IVFIndex(opening: url)
        try theirs.add(data.rows(0..<1), ids: [9000])
        try theirs.save(to: url)
        try theirs.save(to: url)
        try mine.add(data.rows(1..<2), ids: [9001])
        expect(.unwritable) { () throws(VectorIndexError) in try mine.save(to: url) }
        expect(.unwritable) { () throws(VectorIndexError) in try mine.compact() }
        #expect(try IVFIndex(opening: url).count == 2001)
        // What was opened before a compaction still finds all it found.
        let before = try IVFIndex(opening: url)
        try theirs.compact()
        #expect(try before.search(Array(data.vectors[0]), k: 2).map(\.id) == [0, 9000])
    }

    @Test func noticesDamage() throws {
        let folder = try TemporaryFolder()
        let (_, data, url) = try build(in: folder)
        try IVFIndex.verify(url)
        var random = RandomNumbers(3)
        for name in names(url) where name != "lock" {
            let file = url.appending(path: name)
            let whole = try Data(contentsOf: file)
            for _ in 0..<8 {
                // Somewhere in what is used: the start's first bytes, a section or the head.
                var bytes = whole
                if Bool.random(using: &random) {
                    bytes = whole.prefix(Int.random(in: 0..<whole.count, using: &random))
                } else {
                    let place = Int.random(in: 0..<36, using: &random)
                    bytes[Bool.random(using: &random) ? place : whole.count - 1 - place] ^= 4
                }
                try bytes.write(to: file)
                #expect("\(name) is damaged") { try IVFIndex.verify(url) } throws: {
                    ($0 as? VectorIndexError)?.code == .damaged
                }
            }
            try whole.write(to: file)
        }
        // A flipped bit among the stored vectors is not noticed by a search, but by `verify`.
        let vectors = try #require(names(url).first { $0.hasSuffix(".vectors") })
        var bytes = try Data(contentsOf: url.appending(path: vectors))
        bytes[5000] ^= 1
        try bytes.write(to: url.appending(path: vectors))
        expect(.damaged) { () throws(VectorIndexError) in try IVFIndex.verify(url) }
        _ = data
    }

    @Test func saysWhatItCannotWrite() throws {
        let folder = try TemporaryFolder()
        let (index, _, _) = try build(in: folder)
        expect(.unwritable) { () throws(VectorIndexError) in
            try index.save(to: URL(fileURLWithPath: "/proc/no-such-folder/index"))
        }
    }

    /// io_uring and the threads that stand in for it read the same, and say where a file ends.
    @Test(arguments: [Int32(0), 1]) func readsPieces(pool: Int32) throws {
        let folder = try TemporaryFolder()
        var random = RandomNumbers(9)
        let bytes = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try Data(bytes).write(to: folder.file("bytes"))
        let file = open(folder.file("bytes").path, O_RDONLY)
        defer { close(file) }
        let reader = try #require(ivf_reader_open(pool))
        defer { ivf_reader_close(reader) }
        if pool == 1 { #expect(ivf_reader_uses_ring(reader) == 0) }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 600 * 5000, alignment: 8)
        defer { memory.deallocate() }
        for _ in 0..<5 {
            var reads = (0..<600).map { n in
                let length = Int.random(in: 1...5000, using: &random)
                return ivf_read(
                    offset: UInt64(Int.random(in: 0...bytes.count - length, using: &random)), into: memory + n * 5000,
                    length: UInt32(length))
            }
            #expect(ivf_reader_run(reader, file, &reads, reads.count) == 0)
            for read in reads {
                let got = UnsafeRawBufferPointer(start: read.into, count: Int(read.length))
                #expect(got.elementsEqual(bytes[Int(read.offset)..<Int(read.offset) + Int(read.length)]))
            }
        }
        var beyond = [ivf_read(offset: 999_999, into: memory, length: 2)]
        #expect(ivf_reader_run(reader, file, &beyond, 1) == -1)
        #expect(ivf_reader_run(reader, -1, &beyond, 1) == EBADF)
    }
}
