import DeepFace
import FaceStores
import Foundation
import Testing

/// A disk that is full, and one that cannot be written. Needs the right to mount one.
struct FullDiskTests {
    private static let mayMount: Bool = {
        guard getuid() == 0, let disk = try? SmallDisk() else {
            print("skipped: FullDiskTests, for this user must not mount a file system")
            return false
        }
        _ = disk
        return true
    }()

    @Test(.enabled(if: mayMount)) func aFullDiskLosesNothing() async throws {
        let disk = try SmallDisk()
        let store = try await StoreRegistry.open(disk.address, creates: true)
        let collection = try await store.makeCollection(.test(dimensions: 128))
        var committed = 0
        var failure: DeepFaceError?
        for portion in 0..<200 {
            let faces = (0..<20).map { NewFace.test(20 * portion + $0, person: "p\(portion)", dimensions: 128) }
            do throws(DeepFaceError) {
                _ = try await store.add(faces, to: collection)
                committed += 20
            } catch {
                failure = error
                break
            }
        }
        #expect(failure?.code == .storeUnavailable)
        #expect(committed > 0)
        #expect(try await store.sampleCount(of: collection) == committed)
        #expect(try await store.problems().isEmpty)
        let searcher = FaceSearcher(store)
        let unwritten = await #expect(throws: DeepFaceError.self) {
            try await searcher.build(IndexChoice(kind: .flat), of: collection, metric: .cosine)
        }
        #expect(unwritten?.code == .unwritableOutput)
        // Searching goes on.
        let found = try await searcher.search(
            [NewFace.vector(5, dimensions: 128)], in: collection, metric: .cosine, limit: 1, within: 1e-4)
        #expect(found[0].count == 1)
    }

    @Test(.enabled(if: mayMount)) func filesForSparkThatDoNotFitAreNotThere() async throws {
        let (disk, folder) = (try SmallDisk(), try TestFolder())
        let side = try await CollectionMatchTests.side(folder, "some", 0..<4000, dimensions: 128)
        let work = disk.folder.url.appending(path: "work")
        let match = try CollectionMatch(side, among: side, metric: .cosine, limit: 1)
        let error = await #expect(throws: DeepFaceError.self) {
            try await SparkMatchEngine(master: "local", folder: work).prepare(match)
        }
        #expect(error?.code == .unwritableOutput)
        #expect(try FileManager.default.contentsOfDirectory(atPath: work.path) == ["lock"])
    }

    @Test(.enabled(if: mayMount)) func aFolderThatCannotBeWritten() async throws {
        let disk = try SmallDisk()
        do {
            let store = try await StoreRegistry.open(disk.address, creates: true)
            _ = try await store.makeCollection(.test())
        }
        try disk.makeReadOnly()
        let error = await #expect(throws: DeepFaceError.self) {
            try await StoreRegistry.open(disk.address, creates: true)
        }
        #expect(error?.code == .storeUnavailable)
    }
}

/// A file system of one megabyte in memory, which goes with its test.
private final class SmallDisk: Sendable {
    let folder: TestFolder
    var address: StoreAddress { get throws { try StoreAddress("sqlite:\(folder.file.path)") } }

    init() throws {
        folder = try TestFolder()
        guard mount("tmpfs", folder.url.path, "tmpfs", 0, "size=1m") == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
        }
    }

    func makeReadOnly() throws {
        guard mount("tmpfs", folder.url.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "size=1m") == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
        }
    }

    deinit { umount2(folder.url.path, Int32(MNT_DETACH)) }
}
