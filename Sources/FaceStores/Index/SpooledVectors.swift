import DeepFace
import Foundation
import VectorIndex

/// A collection's vectors in a temporary file, for building an index that reads them more than once. The file has no
/// name any more: it goes with the process.
final class SpooledVectors: VectorSource {
    let dimensions: Int
    let ids: [Int64]
    private let descriptor: Int32

    var count: Int { ids.count }
    var idBound: Int64 { (ids.last ?? -1) + 1 }

    /// Reads all vectors from the store.
    ///
    /// - Parameter folder: where the temporary file lies.
    init(_ collection: FaceCollection, of store: any FaceStore, in folder: URL) async throws(DeepFaceError) {
        dimensions = collection.dimensions
        let file = folder.appending(path: ".spool-\(UUID().uuidString)")
        descriptor = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(folder) }
        unlink(file.path)
        var ids: [Int64] = []
        do throws(DeepFaceError) {
            while true {
                let vectors = try await store.vectors(of: collection, after: ids.last ?? 0, limit: 20_000)
                if vectors.isEmpty { break }
                ids += vectors.map(\.id)
                try Self.write(vectors.flatMap(\.vector), descriptor, folder)
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.ids = ids
    }

    deinit { close(descriptor) }

    func read(rows: Range<Int>) throws(VectorIndexError) -> (vectors: VectorBatch, ids: [Int64]) {
        let length = 4 * dimensions
        var values = [Float](repeating: 0, count: rows.count * dimensions)
        let isWhole = values.withUnsafeMutableBytes { bytes in
            var done = 0
            while done < bytes.count {
                let got = pread(
                    descriptor, bytes.baseAddress! + done, bytes.count - done, rows.lowerBound * length + done)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return false }
                done += got
            }
            return true
        }
        guard isWhole else { throw VectorIndexError(.unreadable, "the temporary vectors cannot be read") }
        return (VectorBatch(dimensions: dimensions, values: values), Array(ids[rows]))
    }

    private static func write(_ values: [Float], _ descriptor: Int32, _ folder: URL) throws(DeepFaceError) {
        let isWhole = values.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                done += written
            }
            return true
        }
        guard isWhole else { throw unwritable(folder) }
    }

    private static func unwritable(_ folder: URL) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "cannot be written: \(String(cString: strerror(errno)))", input: folder.path,
            advice: "check the folder's permissions and the free space")
    }
}
