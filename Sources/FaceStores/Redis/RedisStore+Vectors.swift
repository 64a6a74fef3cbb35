import DeepFace
import Foundation

extension RedisStore {
    public func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector] {
        var vectors: [StoredVector] = []
        while vectors.count < limit {
            let count = min(limit - vectors.count, Self.step(collection))
            let last = vectors.last?.id ?? id
            let found = try await self.vectors(["after", "\(last)", "\(count)"], collection)
            vectors += found
            if found.count < count { break }
        }
        return vectors
    }

    public func vectors(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        var vectors: [StoredVector] = []
        let step = Self.step(collection)
        for start in stride(from: 0, to: ids.count, by: step) {
            let part = ids[start..<min(start + step, ids.count)]
            vectors += try await self.vectors(["ids"] + part.map { "\($0)" }, collection)
        }
        return vectors
    }

    public func removals(
        of collection: FaceCollection, after number: Int64
    ) async throws(DeepFaceError) -> Removals {
        let reply = try await ask(Self.call(RedisScripts.removals, collection, "\(number)"))[0].list
        let numbers = reply.compactMap(\.number)
        guard numbers.count == reply.count, reply.count % 2 == 0 else { throw inconsistent("the removals are damaged") }
        let ids = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
        return Removals(last: numbers.last ?? number, ids: ids)
    }

    /// Vectors that are asked for at a time, about 4 MB: the server does nothing else meanwhile.
    private static func step(_ collection: FaceCollection) -> Int { max(1, 1_000_000 / collection.dimensions) }

    private func vectors(
        _ arguments: [String], _ collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        let call = Self.call(RedisScripts.vectors, collection, arguments.map { Data($0.utf8) })
        let reply = try await ask(call)[0].list
        var vectors: [StoredVector] = []
        vectors.reserveCapacity(reply.count / 3)
        for place in stride(from: 0, to: reply.count - 2, by: 3) {
            guard let id = reply[place].number else { throw inconsistent("a sample is damaged") }
            var content = reply[place + 1].bytes
            if let key { content = try key.open(content, at: Self.place(ofVector: reply[place + 2].text, collection)) }
            guard let vector = VectorBytes.vector(content, dimensions: collection.dimensions) else {
                throw inconsistent("the vector of sample \(id) has not its \(collection.dimensions) numbers")
            }
            vectors.append(StoredVector(id: id, vector: vector))
        }
        return vectors
    }
}
