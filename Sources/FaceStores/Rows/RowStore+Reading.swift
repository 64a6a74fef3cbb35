import DeepFace
import Foundation

extension RowStore {
    public func samples(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        let state = try await state(collection)
        var found: [Int64: Sample] = [:]
        for start in stride(from: 0, to: ids.count, by: 5000) {
            let part = ids[start..<min(start + 5000, ids.count)].filter { $0 <= state.face }
            guard !part.isEmpty else { continue }
            for sample in try await samples(state, .among("id", part)) { found[sample.id] = sample }
        }
        return ids.compactMap { found[$0] }
    }

    public func samples(
        of person: Person, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await samples(state(collection), .among("person", [person.id])).sorted { $0.id < $1.id }
    }

    public func samples(
        ofPhoto hash: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await samples(state(collection), .among("photo", [RowText.digest(hash)]))
            .filter { $0.hash == hash }.sorted { $0.id < $1.id }
    }

    public func sampleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await state(collection).faces
    }

    public func photo(
        of sample: Sample, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Data? {
        let state = try await state(collection)
        let rows = try await records(state).query(
            .among("key", [RowText.digest(sample.hash)]), ["id", "kind", "number", "text"])
        var parts: [(number: Int64, text: String)] = []
        for (place, id) in rows.integers("id").enumerated()
        where id <= state.record && rows.integers("kind")[place] == RowRecord.photo.rawValue {
            parts.append((rows.integers("number")[place], rows.texts("text")[place]))
        }
        if parts.isEmpty { return nil }
        parts.sort { $0.number < $1.number }
        guard let content = Data(base64Encoded: parts.map(\.text).joined()) else {
            throw inconsistent("the photo of sample \(sample.id) is damaged")
        }
        guard collection.isEncrypted else { return content }
        return try needed(collection.name).open(
            content, at: FaceDetails.place(ofPhoto: sample.hash, in: state.identifier))
    }

    public func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector] {
        let state = try await state(collection)
        var vectors: [StoredVector] = []
        try await eachWindow(of: state, after: id) { (window) throws(DeepFaceError) in
            let rows = try await self.faces(state).query(window, Self.vectorColumns(collection))
            vectors += try self.vectors(rows, collection).sorted { $0.id < $1.id }
            return vectors.count < limit
        }
        return Array(vectors.prefix(limit))
    }

    public func vectors(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        try await vectors(ids, of: collection, state(collection))
    }

    func vectors(
        _ ids: [Int64], of collection: FaceCollection, _ state: RowState
    ) async throws(DeepFaceError) -> [StoredVector] {
        var found: [Int64: StoredVector] = [:]
        for start in stride(from: 0, to: ids.count, by: 2000) {
            let part = ids[start..<min(start + 2000, ids.count)].filter { $0 <= state.face }
            guard !part.isEmpty else { continue }
            let rows = try await faces(state).query(
                .among("id", part), ["person"] + Self.vectorColumns(collection))
            let owners = rows.integers("person")
            for (place, vector) in try vectors(rows, collection).enumerated()
            where state.counts(vector.id, of: owners[place]) { found[vector.id] = vector }
        }
        return ids.compactMap { found[$0] }
    }

    public func removals(
        of collection: FaceCollection, after number: Int64
    ) async throws(DeepFaceError) -> Removals {
        let state = try await state(collection)
        guard number < state.record else { return Removals(last: number, ids: []) }
        let rows = try await records(state).query(
            .all([.isKind(.removal), .window(after: number, through: state.record)]), ["id", "number"])
        let pairs = zip(rows.integers("id"), rows.integers("number")).sorted { $0.0 < $1.0 }
        return Removals(last: pairs.last?.0 ?? number, ids: pairs.map(\.1))
    }

    // MARK: Rows

    /// The faces that count and that a condition is true of.
    func samples(_ state: RowState, _ condition: RowCondition) async throws(DeepFaceError) -> [Sample] {
        let rows = try await faces(state).query(condition, ["id", "person", "details"])
        return try await samples(rows, state).compactMap(\.self)
    }

    /// Rows as samples, `nil` for those that do not count.
    func samples(
        _ rows: RowColumns, _ state: RowState
    ) async throws(DeepFaceError) -> [Sample?] {
        let (ids, owners, details) = (rows.integers("id"), rows.integers("person"), rows.texts("details"))
        guard owners.count == ids.count, details.count == ids.count else { throw inconsistent("columns are missing") }
        let names = try await names(Set(owners), state)
        var samples: [Sample?] = []
        for (place, id) in ids.enumerated() {
            guard state.counts(id, of: owners[place]) else {
                samples.append(nil)
                continue
            }
            let face = try face(details[place], id)
            guard let name = names[owners[place]] else { throw inconsistent("sample \(id) is nobody's") }
            samples.append(
                Sample(
                    id: id, person: name, image: face.image, hash: face.hash, facialArea: face.area,
                    faceConfidence: face.confidence, created: Date(timeIntervalSince1970: face.created),
                    attributes: face.attributes))
        }
        return samples
    }

    func face(_ details: String, _ id: Int64) throws(DeepFaceError) -> FaceDetails {
        guard let face = try? JSONDecoder().decode(FaceDetails.self, from: Data(details.utf8)) else {
            throw inconsistent("sample \(id) is damaged")
        }
        return face
    }

    private func names(_ people: Set<Int64>, _ state: RowState) async throws(DeepFaceError) -> [Int64: String] {
        if people.isEmpty { return [:] }
        let rows = try await records(state).query(.among("id", people), ["id", "text"])
        return Dictionary(zip(rows.integers("id"), rows.texts("text"))) { first, _ in first }
    }

    /// What a vector is made of: that of an encrypted collection stands in the details.
    static func vectorColumns(_ collection: FaceCollection) -> [String] {
        ["id", collection.isEncrypted ? "details" : "vector"]
    }

    func vectors(_ rows: RowColumns, _ collection: FaceCollection) throws(DeepFaceError) -> [StoredVector] {
        let ids = rows.integers("id")
        var vectors: [StoredVector] = []
        vectors.reserveCapacity(ids.count)
        let floats = rows.vectors
        guard collection.isEncrypted || floats.count == ids.count * collection.dimensions else {
            throw inconsistent("vectors have not their \(collection.dimensions) numbers")
        }
        for (place, id) in ids.enumerated() {
            var vector: [Float]
            if !collection.isEncrypted {
                let start = place * collection.dimensions
                vector = Array(floats[start..<start + collection.dimensions])
            } else {
                let face = try face(rows.texts("details")[place], id)
                let content = try needed(collection.name).open(
                    face.vector ?? Data(), at: face.place(in: collection.identifier))
                guard let opened = VectorBytes.vector(content, dimensions: collection.dimensions) else {
                    throw inconsistent("the vector of sample \(id) has not its \(collection.dimensions) numbers")
                }
                vector = opened
            }
            vectors.append(StoredVector(id: id, vector: vector))
        }
        return vectors
    }
}
