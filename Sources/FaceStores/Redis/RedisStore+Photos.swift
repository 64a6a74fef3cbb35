import DeepFace
import Foundation

extension RedisStore {
    public func keptPhotos(
        _ hashes: Set<String>, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Set<String> {
        let call = Self.call(RedisScripts.keptPhotos, collection, hashes.map { Data($0.utf8) })
        return Set(try await ask(call)[0].list.map(\.text))
    }

    public func portraits(
        of people: [Person], in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64: Int64] {
        let call = Self.call(RedisScripts.portraits, collection, people.map { Data("\($0.id)".utf8) })
        let numbers = try await ask(call)[0].list.compactMap(\.number)
        var portraits: [Int64: Int64] = [:]
        for place in stride(from: 0, to: numbers.count - 1, by: 2) { portraits[numbers[place]] = numbers[place + 1] }
        return portraits
    }

    public func delete(samples ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) {
        if ids.isEmpty { return }
        let numbers = ids.map { Data("\($0)".utf8) }
        _ = try await change(Self.call(RedisScripts.deleteSamples, collection, numbers))
    }
}
