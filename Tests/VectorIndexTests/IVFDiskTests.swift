import Foundation
import TestSupport
import Testing
import VectorIndex

/// A disk that is full, and one that cannot be written, leave an index as it was.
struct IVFDiskTests {
    private static let data = IVFData(persons: 300, dimensions: 16)

    private func build(at url: URL, vectors: Int = 800) throws -> IVFIndex {
        var settings = IVFSettings()
        settings.lists = 20
        let ids = Array(Self.data.ids[..<vectors])
        return try IVFIndex.build(
            from: try MemorySource(Self.data.rows(0..<vectors), ids: ids), settings: settings, at: url)
    }

    private func expectUnwritable(_ body: () throws -> Void) {
        #expect { try body() } throws: { ($0 as? VectorIndexError)?.code == .unwritable }
    }

    /// What is at `url` is whole, and finds what `build` has put there and nothing else.
    private func expectAsBuilt(_ url: URL) throws {
        try IVFIndex.verify(url)
        let index = try IVFIndex(opening: url)
        #expect(index.count == 800)
        #expect(try index.search(Array(Self.data.vectors[7]), k: 1).map(\.id) == [7])
    }

    @Test(.enabled(if: getuid() == 0, "skipped: only root can make a small disk"), arguments: [40, 72, 100])
    func aFullDiskLosesNothing(kilobytes: Int) throws {
        let folder = try TemporaryFolder()
        let disk = folder.file("disk")
        try Disks.whileOfSize(disk, kilobytes: 400) {
            let url = disk.appending(path: "index")
            var index = try build(at: url)
            let fill = disk.appending(path: "fill")
            let free = try FileManager.default.attributesOfFileSystem(forPath: disk.path)[.systemFreeSize] as? Int
            try Data(count: try #require(free) - kilobytes << 10).write(to: fill)
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            expectUnwritable { _ = try build(at: url, vectors: 1200) }
            try expectAsBuilt(url)
            try index.add(Self.data.rows(800..<1200), ids: Array(Self.data.ids[800..<1200]))
            expectUnwritable {
                // A small addition may fit, all lists once more do not.
                try index.save(to: url)
                try index.compact()
            }
            #expect(try index.search(Array(Self.data.vectors[900]), k: 1).map(\.id) == [900])
            try IVFIndex.verify(url)
            #expect([800, 1200].contains(try IVFIndex(opening: url).count))
            // With room again it goes on, and nothing is left of what failed.
            try FileManager.default.removeItem(at: fill)
            try index.save(to: url)
            try index.compact()
            try IVFIndex.verify(url)
            #expect(try IVFIndex(opening: url).count == 1200)
            #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).count == names.count)
        }
    }

    @Test func aFolderThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("index")
        var index = try build(at: url)
        try Disks.whileReadOnly(url) {
            expectUnwritable { _ = try build(at: url, vectors: 1200) }
            try index.add(Self.data.rows(800..<810), ids: Array(Self.data.ids[800..<810]))
            expectUnwritable { try index.save(to: url) }
            expectUnwritable { try index.compact() }
            // It can be searched where it is.
            try expectAsBuilt(url)
        }
        try index.save(to: url)
        #expect(try IVFIndex(opening: url).count == 810)
    }
}
