import CFaiss
import Foundation

/// An index in faiss' hands.
final class FaissHandle: @unchecked Sendable {
    // Safe: faiss searches one index from many threads at once, and it is changed only through `FaissIndex`, which
    // copies it first when anybody else holds it.
    private let index: OpaquePointer

    private init(_ index: OpaquePointer) { self.index = index }
    deinit { cfaiss_free(index) }

    /// An empty graph.
    static func make(dimensions: Int, links: Int) throws(VectorIndexError) -> FaissHandle {
        FaissHandle(try calling { cfaiss_make(Int32(dimensions), Int32(links), $0) })
    }

    /// - Returns: the index, and its ids when it has any.
    static func read(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) throws(VectorIndexError) -> (FaissHandle, ids: [Int64]?) {
        var ids: UnsafePointer<Int64>?
        let index = try calling(.damaged) { cfaiss_read(bytes.baseAddress, bytes.count, &ids, $0) }
        return (FaissHandle(index), ids.map { Array(UnsafeBufferPointer(start: $0, count: count)) })
    }

    func copy() throws(VectorIndexError) -> FaissHandle {
        FaissHandle(try Self.calling { cfaiss_copy(index, $0) })
    }

    /// How many vectors a search looks at when nobody says; 0 for plain vectors.
    var effort: Int { Int(cfaiss_effort(index)) }

    func withVectors<R>(_ body: (UnsafePointer<Float>) -> R) -> R { body(cfaiss_vectors(index)) }

    func add(_ vectors: [Float], count: Int, threads: Int) throws(VectorIndexError) {
        try Self.calling { cfaiss_add(index, vectors, Int64(count), Int32(threads), $0) == 0 ? () : nil }
    }

    /// The `k` nearest of each probe: squared distances and places, row by row; -1 where there are fewer.
    func search(
        _ probes: [Float], count: Int, k: Int, effort: Int
    ) throws(VectorIndexError) -> (distances: [Float], places: [Int64]) {
        var distances = [Float](repeating: 0, count: count * k)
        var places = [Int64](repeating: -1, count: count * k)
        try Self.calling { message in
            cfaiss_search(index, probes, Int64(count), Int64(k), Int32(clamping: effort), &distances, &places, message)
                == 0
                ? () : nil
        }
        return (distances, places)
    }

    /// Squared distances of a probe to the vectors at some places.
    func distances(_ probe: [Float], to places: [Int64]) -> [Float] {
        [Float](unsafeUninitializedCapacity: places.count) { distances, count in
            cfaiss_distances(index, probe, places, Int64(places.count), distances.baseAddress)
            count = places.count
        }
    }

    /// The bytes of `faiss.write_index`.
    func write(ids: [Int64], effort: Int) throws(VectorIndexError) -> Data {
        var length = 0
        let bytes = try Self.calling { cfaiss_write(index, ids, Int32(clamping: effort), &length, $0) }
        return Data(bytesNoCopy: bytes, count: length, deallocator: .free)
    }

    /// What `work` gives; its message as an error when that is nothing.
    private static func calling<R>(
        _ code: VectorIndexError.Code = .invalidSetting, _ work: (UnsafeMutablePointer<CChar>) -> R?
    ) throws(VectorIndexError) -> R {
        var text = ""
        let result = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CFAISS_MESSAGE)) { message in
            message.initialize(repeating: 0)
            let result = work(message.baseAddress!)
            text = String(cString: message.baseAddress!)
            return result
        }
        guard let result else { throw VectorIndexError(code, "faiss: \(text)") }
        return result
    }
}
