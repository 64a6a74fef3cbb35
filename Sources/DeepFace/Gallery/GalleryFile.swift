import Foundation
import VectorIndex

/// A gallery as it lies on the disk: rows of fixed size for photos and faces, their texts, and the embeddings, all of
/// which are looked at where they are. Opening one checks it whole and parses nothing.
package struct GalleryFile: Sendable {
    static let kind = "folder-gallery"
    /// Raise when a change makes other rows of the same recipe.
    private static let version = 1

    let recipe: EmbeddingRecipe
    let photos: MappedArray<PhotoRow>
    let faces: MappedArray<FaceRow>
    /// For the model's own metric; a face's id is its row.
    let index: FlatIndex
    /// The names of the models that have read attributes, by attribute.
    let attributeModels: [String: String]
    private let texts: MappedArray<UInt8>
    /// `nil`: none were read.
    private let readings: MappedArray<AttributeRow>?
    /// Embeddings as they are, where the index has changed their lengths.
    private let embeddings: MappedArray<Float>?

    private struct Head: Codable {
        let version: Int
        let recipe: EmbeddingRecipe
    }

    /// - Throws: `unreadable`, `damaged`.
    init(opening url: URL) throws(VectorIndexError) {
        try self.init(IndexFile(opening: url, kind: Self.kind))
    }

    /// What `content` gave.
    ///
    /// - Parameter url: where it came from.
    /// - Throws: `unreadable`, `damaged`.
    init(bytes: [UInt8], from url: URL) throws(VectorIndexError) {
        try self.init(IndexFile(bytes: bytes, from: url, kind: Self.kind))
    }

    private init(_ file: IndexFile) throws(VectorIndexError) {
        let head = try file.value("gallery", as: Head.self)
        guard head.version == Self.version else { throw file.damaged("is of version \(head.version)") }
        recipe = head.recipe
        try file.verify()
        photos = try file.section("photos", of: PhotoRow.self)
        faces = try file.section("faces", of: FaceRow.self)
        texts = try file.section("texts", of: UInt8.self)
        index = try FlatIndex(in: file, as: "index")
        embeddings =
            index.metric == .euclidean
            ? nil : try file.section("embeddings", of: Float.self, count: faces.count * index.dimensions)
        let isRead = file.hasSection("attributes")
        readings = isRead ? try file.section("attributes", of: AttributeRow.self, count: faces.count) : nil
        attributeModels = isRead ? try file.value("attribute models", as: [String: String].self) : [:]
        guard rowsFit else { throw file.damaged("has rows that do not fit together") }
    }

    /// Writes a gallery, whole or not at all.
    ///
    /// - Parameter models: the names of those that have read attributes, by attribute.
    /// - Throws: `unwritable`.
    package static func write(
        _ photos: [GalleryPhoto], _ recipe: EmbeddingRecipe, dimensions: Int, metric: VectorMetric,
        attributeModels: [String: String] = [:], to url: URL
    ) throws(VectorIndexError) {
        try IndexFile.write(to: url, kind: kind) { file throws(VectorIndexError) in
            try write(photos, recipe, dimensions, metric, attributeModels, into: file)
        }
    }

    /// The bytes of a gallery's file.
    package static func content(
        _ photos: [GalleryPhoto], _ recipe: EmbeddingRecipe, dimensions: Int, metric: VectorMetric,
        attributeModels: [String: String] = [:]
    ) throws(VectorIndexError) -> [UInt8] {
        try IndexFile.content(kind: kind) { file throws(VectorIndexError) in
            try write(photos, recipe, dimensions, metric, attributeModels, into: file)
        }
    }

    private static func write(
        _ photos: [GalleryPhoto], _ recipe: EmbeddingRecipe, _ dimensions: Int, _ metric: VectorMetric,
        _ attributeModels: [String: String], into file: IndexFileWriter
    ) throws(VectorIndexError) {
        var (rows, faces, texts): ([PhotoRow], [FaceRow], [UInt8]) = ([], [], [])
        var readings: [AttributeRow] = []
        var embeddings = VectorBatch(dimensions: dimensions)
        for photo in photos {
            let reason = photo.failure.map { Array($0.reason.utf8) } ?? []
            rows.append(
                PhotoRow(
                    digest: photo.digest, text: texts.count, size: photo.file.size, modified: photo.file.modified,
                    firstFace: faces.count, pathLength: UInt32(photo.file.path.utf8.count),
                    reasonLength: UInt32(reason.count), faceCount: UInt32(photo.faces.count),
                    failure: photo.failure.map { UInt32($0.kind.rawValue) } ?? 0))
            texts += Array(photo.file.path.utf8) + reason
            for face in photo.faces {
                faces.append(
                    FaceRow(
                        confidence: face.confidence, photo: UInt32(rows.count - 1), x: face.x, y: face.y, w: face.w,
                        h: face.h))
                embeddings.values += face.embedding
                readings.append(face.attributes ?? AttributeRow())
            }
        }
        var index = FlatIndex(dimensions: dimensions, metric: metric)
        try index.add(embeddings, ids: (0..<Int64(faces.count)).map(\.self))
        try file.section("gallery", json: Head(version: version, recipe: recipe))
        try file.section("photos", rows)
        try file.section("faces", faces)
        try file.section("texts", texts)
        // An earlier version, which does not know them, passes these over.
        if !attributeModels.isEmpty {
            try file.section("attributes", readings)
            try file.section("attribute models", json: attributeModels)
        }
        if metric != .euclidean { try file.section("embeddings", embeddings.values) }
        try index.write(to: file, as: "index")
    }

    /// Whether every row points at what is there: a file can be sound and yet not be ours.
    private var rowsFit: Bool {
        guard index.count == faces.count else { return false }
        var face = 0
        for (row, photo) in photos.enumerated() {
            let length = Int(photo.pathLength) + Int(photo.reasonLength)
            guard photo.text >= 0, photo.text <= texts.count, length <= texts.count - photo.text,
                photo.firstFace == face, Int(photo.faceCount) <= faces.count - face
            else { return false }
            for _ in 0..<photo.faceCount {
                guard faces[face].photo == row else { return false }
                face += 1
            }
        }
        return face == faces.count
    }
}

extension GalleryFile {
    /// The path of a photo, from the folder.
    func path(_ photo: PhotoRow) -> String { text(photo.text, Int(photo.pathLength)) }

    /// The photo of a row, with its embeddings.
    func photo(_ row: Int) -> GalleryPhoto {
        let photo = photos[row]
        let kind = UInt8(exactly: photo.failure).flatMap(GalleryPhoto.Failure.Kind.init)
        return GalleryPhoto(
            file: PhotoFile(path: path(photo), size: photo.size, modified: photo.modified), digest: photo.digest,
            faces: (photo.firstFace..<photo.firstFace + Int(photo.faceCount)).map { number in
                let face = faces[number]
                return .init(
                    x: face.x, y: face.y, w: face.w, h: face.h, confidence: face.confidence,
                    embedding: embedding(number), attributes: readings?[number])
            },
            failure: kind.map {
                .init($0, text(photo.text + Int(photo.pathLength), Int(photo.reasonLength)))
            })
    }

    /// Whether a photo is the file as it was when it was embedded.
    func isSame(_ photo: PhotoRow, as file: PhotoFile) -> Bool {
        photo.size == file.size && photo.modified == file.modified
    }

    /// Whether the path of a photo comes before that of a file, behind it, or is the same.
    func compare(_ photo: PhotoRow, _ file: PhotoFile) -> Int {
        var path = file.path
        return path.withUTF8 { other in
            texts.withUnsafeBufferPointer { texts in
                let (length, otherLength) = (Int(photo.pathLength), other.count)
                let own = UnsafeBufferPointer(rebasing: texts[photo.text..<photo.text + length])
                let order =
                    length == 0 || otherLength == 0
                    ? 0 : memcmp(own.baseAddress!, other.baseAddress!, min(length, otherLength))
                return order != 0 ? Int(order) : length - otherLength
            }
        }
    }

    private func text(_ start: Int, _ length: Int) -> String {
        texts.withUnsafeBufferPointer { String(decoding: $0[start..<start + length], as: UTF8.self) }
    }
}

extension GalleryFile {
    /// What was read off a face.
    func attributes(_ face: Int) -> AttributeRow { readings?[face] ?? AttributeRow() }

    /// The embedding of a face.
    func embedding(_ face: Int) -> [Float] {
        guard let embeddings else { return index.vector(face) }
        return Array(embeddings[face * index.dimensions..<(face + 1) * index.dimensions])
    }

    /// An index of the same faces for another metric, in memory.
    func index(_ metric: VectorMetric) throws(VectorIndexError) -> FlatIndex {
        var other = FlatIndex(dimensions: index.dimensions, metric: metric)
        var embeddings = VectorBatch(dimensions: index.dimensions)
        for face in faces.indices { embeddings.values += embedding(face) }
        try other.add(embeddings, ids: (0..<Int64(faces.count)).map(\.self))
        return other
    }
}
