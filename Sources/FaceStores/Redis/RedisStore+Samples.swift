import DeepFace
import Foundation

extension RedisStore {
    public func add(
        _ faces: [NewFace], to collection: FaceCollection
    ) async throws(DeepFaceError) -> [AddedFace] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        try faces.check(for: collection)
        if faces.isEmpty { return [] }
        let now = Date()
        var arguments = [Data("\(timeToLive)".utf8)]
        arguments.reserveCapacity(1 + 11 * faces.count)
        for face in faces {
            let area = Self.text(face.facialArea)
            var (vector, photo) = (VectorBytes.data(face.vector), face.photo)
            if let key {
                vector = try key.seal(vector, at: Self.place(ofVector: "\(face.hash) \(area)", collection))
                if let content = photo {
                    photo = try key.seal(content, at: Self.place(ofPhoto: face.hash, collection))
                }
            }
            let created = (face.created ?? now).timeIntervalSince1970
            for text in [
                face.person, face.image, face.hash, area, face.facialArea.landmarksJSON,
                "\(face.faceConfidence)", "\(created)",
            ] { arguments.append(Data(text.utf8)) }
            arguments += [vector, Data((photo == nil ? "0" : "1").utf8), photo ?? Data()]
            arguments.append(try Self.text(face.attributes))
        }
        let reply = try await change(Self.call(RedisScripts.add, collection, arguments))
        var added: [AddedFace] = []
        for row in reply.list.map(\.list) {
            guard row.count == 3, let id = row[0].number else { throw inconsistent("a face belongs to nobody") }
            added.append(AddedFace(id: id, person: row[2].text, isNew: row[1] == .integer(1)))
        }
        return added
    }

    public func samples(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        var samples: [Sample] = []
        for start in stride(from: 0, to: ids.count, by: Self.step) {
            let part = ids[start..<min(start + Self.step, ids.count)]
            samples += try await self.samples(["ids"] + part.map { "\($0)" }, collection)
        }
        return samples
    }

    public func samples(
        of person: Person, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await samples(["person", "\(person.id)"], collection)
    }

    public func samples(
        ofPhoto hash: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await samples(["photo", hash], collection)
    }

    public func sampleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await count(0, collection)
    }

    public func photo(
        of sample: Sample, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Data? {
        let reply = try await ask(RedisCommand("GET", "\(Self.base(of: collection))photo:\(sample.hash)"))[0]
        guard case .bytes(let content) = reply else { return nil }
        guard collection.isEncrypted else { return content }
        return try needed(collection.name).open(content, at: Self.place(ofPhoto: sample.hash, collection))
    }

    /// Samples that are asked for at a time: the server does nothing else meanwhile.
    private static let step = 5000

    /// The number of samples (0) or people (1).
    func count(_ which: Int, _ collection: FaceCollection) async throws(DeepFaceError) -> Int {
        let counts = try await ask(Self.call(RedisScripts.counts, collection))[0].list
        guard counts.count == 2, let count = counts[which].number else { throw inconsistent("the counts are damaged") }
        return Int(count)
    }

    private func samples(_ arguments: [String], _ collection: FaceCollection) async throws(DeepFaceError) -> [Sample] {
        let reply = try await ask(Self.call(RedisScripts.samples, collection, arguments.map { Data($0.utf8) }))
        var samples: [Sample] = []
        for row in reply[0].list.map(\.list) {
            guard let sample = Self.sample(row) else { throw inconsistent("a sample is damaged") }
            samples.append(sample)
        }
        return samples
    }

    private static func sample(_ fields: [RedisReply]) -> Sample? {
        guard fields.count == 9, let id = fields[8].number, let confidence = Double(fields[4].text),
            let created = Double(fields[5].text), var area = area(fields[2].text),
            (try? area.setLandmarks(json: fields[3].bytes)) != nil, fields[6] != .nothing
        else { return nil }
        var attributes: FaceAttributes?
        if fields[7] != .nothing {
            attributes = try? JSONDecoder().decode(FaceAttributes.self, from: fields[7].bytes)
            if attributes == nil { return nil }
        }
        return Sample(
            id: id, person: fields[6].text, image: fields[0].text, hash: fields[1].text, facialArea: area,
            faceConfidence: confidence, created: Date(timeIntervalSince1970: created),
            attributes: attributes)
    }

    private static func text(_ area: FacialArea) -> String { "\(area.x) \(area.y) \(area.w) \(area.h)" }

    private static func area(_ text: String) -> FacialArea? {
        let numbers = text.split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        return FacialArea(x: numbers[0], y: numbers[1], w: numbers[2], h: numbers[3])
    }

    /// A vector is bound to its photo and place, which are known before it has a number.
    static func place(ofVector face: String, _ collection: FaceCollection) -> String {
        "vector \(face) of collection \(collection.identifier.uuidString)"
    }

    private static func place(ofPhoto hash: String, _ collection: FaceCollection) -> String {
        "photo \(hash) of collection \(collection.identifier.uuidString)"
    }
}
