import DeepFace
import Foundation

/// Turns faces of one call into rows beyond the marks.
struct RowAdding {
    let collection: FaceCollection
    let key: StoreKey?
    /// The last id that counts.
    let face, record: Int64
    /// Faces that are there.
    var places: [FacePlace: (id: Int64, person: String)]
    /// People who are there.
    var people: [String: Int64]
    /// Digests of photos that are kept.
    var photos: Set<String>

    private(set) var faces: [Face] = []
    private(set) var records: [Record] = []
    private(set) var newPeople = 0
    private let now = Date().timeIntervalSince1970

    struct Face {
        let person: Int64
        let photo, details: String
        let vector: [Float]
        let attributes: FaceAttributes?
    }

    struct Record {
        let kind: RowRecord
        let number: Int64
        let key, text: String
        let created: Double
    }

    /// Bytes of a photo in a record: base64 makes four of three, and a text has at most 65,535.
    private static let part = 48_000

    init(
        collection: FaceCollection, key: StoreKey?, face: Int64, record: Int64,
        places: [FacePlace: (id: Int64, person: String)], people: [String: Int64], photos: Set<String>
    ) {
        (self.collection, self.key, self.face, self.record) = (collection, key, face, record)
        (self.places, self.people, self.photos) = (places, people, photos)
    }

    mutating func add(_ new: NewFace) throws(DeepFaceError) -> AddedFace {
        let place = FacePlace(new.hash, new.facialArea)
        if let known = places[place] { return AddedFace(id: known.id, person: known.person, isNew: false) }
        let created = new.created?.timeIntervalSince1970 ?? now
        let photo = RowText.digest(new.hash)
        var details = FaceDetails(
            image: new.image, hash: new.hash, area: new.facialArea, confidence: new.faceConfidence, created: created,
            attributes: new.attributes?.isEmpty == false ? new.attributes : nil)
        var vector = new.vector
        if let key {
            details.vector = try key.seal(
                VectorBytes.data(vector), at: details.place(in: collection.identifier))
            // What the server sees of it.
            vector = [1, 1]
        }
        guard let text = try? JSONEncoder().encode(details), text.count <= RowState.longestText else {
            throw DeepFaceError(
                .invalidOption, "the photo's name is longer than the store keeps", input: String(new.image.prefix(80)))
        }
        let owner = person(new.person, created)
        faces.append(
            Face(
                person: owner, photo: photo, details: String(decoding: text, as: UTF8.self), vector: vector,
                attributes: details.attributes))
        if var content = new.photo, photos.insert(photo).inserted {
            if let key {
                content = try key.seal(content, at: FaceDetails.place(ofPhoto: new.hash, in: collection.identifier))
            }
            for (number, start) in stride(from: 0, to: max(1, content.count), by: Self.part).enumerated() {
                let part = content.dropFirst(start).prefix(Self.part)
                records.append(
                    Record(
                        kind: .photo, number: Int64(number), key: photo, text: part.base64EncodedString(),
                        created: created))
            }
        }
        let id = face + Int64(faces.count)
        places[place] = (id, new.person)
        return AddedFace(id: id, person: new.person, isNew: true)
    }

    private mutating func person(_ name: String, _ created: Double) -> Int64 {
        if let known = people[name] { return known }
        records.append(
            Record(kind: .person, number: 0, key: RowText.digest(name), text: name, created: created))
        newPeople += 1
        let id = record + Int64(records.count)
        people[name] = id
        return id
    }

    // MARK: Rows, in messages that the server takes

    /// Bytes of a message, about.
    private static let message = 16 << 20

    var faceRows: [RowColumns] {
        let width = faces.first?.vector.count ?? 1
        let step = max(1, Self.message / (4 * width + 512))
        return stride(from: 0, to: faces.count, by: step).map { start in
            let part = faces[start..<min(start + step, faces.count)]
            var rows = RowColumns(count: part.count)
            rows.add("id", part.indices.map { face + Int64($0 + 1) })
            rows.add("person", part.map(\.person))
            rows.add("photo", part.map(\.photo))
            rows.add("details", part.map(\.details))
            rows.add(vectors: part.flatMap(\.vector), dimensions: width)
            rows.add(part.map(\.attributes))
            return rows
        }
    }

    var recordRows: [RowColumns] {
        var result: [RowColumns] = []
        var start = 0
        while start < records.count {
            var (end, bytes) = (start, 0)
            while end < records.count, bytes < Self.message, end - start < 10_000 {
                bytes += records[end].text.utf8.count + 100
                end += 1
            }
            let part = records[start..<end]
            var rows = RowColumns(count: part.count)
            rows.add("id", part.indices.map { record + Int64($0 + 1) })
            rows.add("kind", part.map(\.kind.rawValue))
            rows.add("number", part.map(\.number))
            rows.add("key", part.map(\.key))
            rows.add("text", part.map(\.text))
            rows.add("created", part.map(\.created))
            result.append(rows)
            start = end
        }
        return result
    }
}
