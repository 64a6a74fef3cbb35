import DeepFace
import Foundation

extension RedisStore {
    /// Redis hands out what its samples have, a portion at a time, and the filter is applied here.
    public func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64] {
        let decoder = JSONDecoder()
        var ids: [Int64] = []
        var after = "0"
        while true {
            let reply = try await ask(Self.call(RedisScripts.attributes, collection, after, "5000"))[0].list
            guard let last = reply.first?.text, !last.isEmpty else { return ids }
            after = last
            for place in stride(from: 1, to: reply.count - 1, by: 2) {
                guard let id = reply[place].number,
                    let attributes = try? decoder.decode(FaceAttributes.self, from: reply[place + 1].bytes)
                else { throw inconsistent("the attributes of a sample are damaged") }
                if filter.matches(attributes) { ids.append(id) }
            }
        }
    }

    /// Attributes as a field holds them; empty where there are none.
    static func text(_ attributes: FaceAttributes?) throws(DeepFaceError) -> Data {
        guard let attributes, !attributes.isEmpty else { return Data() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let text = try? encoder.encode(attributes) else {
            throw DeepFaceError(.engine, "attributes cannot be written as JSON")
        }
        return text
    }
}
