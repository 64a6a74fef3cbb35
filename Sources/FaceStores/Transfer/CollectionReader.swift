import DeepFace
import Foundation

/// Reads the faces of a collection out of a store, a portion at a time.
struct CollectionReader: Sendable {
    let collection: FaceCollection
    let store: any FaceStore

    /// Vectors that are asked for at a time.
    private static let step = 512

    /// - Parameter other: where a face may be already; then it is passed over, and its photo not read.
    func read(
        passingOver other: (store: any FaceStore, collection: FaceCollection)? = nil,
        _ body: (FacePortion) async throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) {
        var through: Int64 = 0
        while true {
            let vectors = try await store.vectors(of: collection, after: through, limit: Self.step)
            guard let last = vectors.last else { return }
            through = last.id
            // What was deleted since is not among them.
            let samples = try await store.samples(vectors.map(\.id), of: collection)
            let vectorOf = Dictionary(uniqueKeysWithValues: vectors.map { ($0.id, $0.vector) })
            var known: Set<FacePlace> = []
            if let other { known = try await Self.places(Set(samples.map(\.hash)), in: other.store, other.collection) }
            var portion = FacePortion()
            for sample in samples {
                guard !known.contains(FacePlace(sample.hash, sample.facialArea)) else {
                    portion.passedOver += 1
                    continue
                }
                portion.append(
                    NewFace(
                        person: sample.person, image: sample.image, hash: sample.hash, facialArea: sample.facialArea,
                        faceConfidence: sample.faceConfidence, vector: vectorOf[sample.id] ?? [],
                        photo: try await store.photo(of: sample, in: collection), created: sample.created,
                        attributes: sample.attributes))
                if portion.isFull {
                    try await body(portion)
                    portion = FacePortion()
                }
            }
            try await body(portion)
        }
    }

    /// Where the faces are that a store has of these photos. Several questions are under way at once.
    private static func places(
        _ hashes: Set<String>, in store: any FaceStore, _ collection: FaceCollection
    ) async throws(DeepFaceError) -> Set<FacePlace> {
        do {
            return try await withThrowingTaskGroup(of: [Sample].self) { group in
                var places: Set<FacePlace> = []
                var open = hashes.makeIterator()
                func ask() {
                    guard let hash = open.next() else { return }
                    group.addTask { try await store.samples(ofPhoto: hash, in: collection) }
                }
                for _ in 0..<8 { ask() }
                while let samples = try await group.next() {
                    for sample in samples { places.insert(FacePlace(sample.hash, sample.facialArea)) }
                    ask()
                }
                return places
            }
        } catch let error as DeepFaceError {
            throw error
        } catch {
            throw DeepFaceError(.cancelled, "the task was cancelled")
        }
    }
}

extension CollectionReader {
    /// Hands on samples and their vectors, by id, a portion at a time.
    func readVectors(
        _ limit: Int, _ body: ([(sample: Sample, vector: [Float])]) async throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) {
        var through: Int64 = 0
        while true {
            let vectors = try await store.vectors(of: collection, after: through, limit: limit)
            guard let last = vectors.last else { return }
            through = last.id
            let vectorOf = Dictionary(uniqueKeysWithValues: vectors.map { ($0.id, $0.vector) })
            // What was deleted since is not among them.
            let samples = try await store.samples(vectors.map(\.id), of: collection)
            try await body(samples.map { ($0, vectorOf[$0.id] ?? []) })
        }
    }
}

/// What makes a face the same one: its photo, and the place there.
struct FacePlace: Hashable, Sendable {
    let hash: String
    let x, y, w, h: Int

    init(_ hash: String, _ area: FacialArea) {
        self.hash = hash
        (x, y, w, h) = (area.x, area.y, area.w, area.h)
    }
}

/// Faces that are handed on together: few enough for memory, photos counted.
struct FacePortion: Sendable {
    private(set) var faces: [NewFace] = []
    /// Faces that were there already and not read.
    var passedOver = 0
    private var bytes = 0

    var isFull: Bool { faces.count >= 512 || bytes >= 32 << 20 }

    mutating func append(_ face: NewFace) {
        faces.append(face)
        bytes += 4 * face.vector.count + (face.photo?.count ?? 0)
    }

    /// The faces, which are then not in it any more.
    mutating func take() -> [NewFace] {
        defer { self = FacePortion() }
        return faces
    }
}
