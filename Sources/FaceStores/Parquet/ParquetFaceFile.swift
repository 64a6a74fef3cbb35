import DeepFace
import Foundation

/// Writes faces as Parquet, which Spark and many other programs read: `id`, `person`, `img_name`, and `embedding`, a list
/// of numbers of 32 bits. How the embeddings were made is in the file's key `deepface.recipe`.
///
/// Neither compressed nor encoded, because embeddings gain nothing by it. A group of rows holds about a megabyte, so that
/// many workers can share a file.
final class ParquetFaceFile {
    private let file: PartFile
    private let collection: FaceCollection
    private var waiting: [(sample: Sample, vector: [Float])] = []
    private var groups: [ThriftValue] = []
    private var faces = 0

    private static let magic = Data("PAR1".utf8)

    /// Writes a collection.
    ///
    /// - Parameter progress: hears how many faces are written.
    /// - Returns: how many faces it has.
    /// - Throws: `invalidOption` when it is encrypted, `unwritableOutput`; as a store.
    static func write(
        _ reader: CollectionReader, to url: URL, progress: (Int) -> Void
    ) async throws(DeepFaceError) -> Int {
        try check(reader.collection)
        let file = try ParquetFaceFile(url, reader.collection)
        try await reader.readVectors(2048) { (faces) throws(DeepFaceError) in
            for face in faces { try file.add(face.sample, face.vector) }
            progress(file.faces + file.waiting.count)
        }
        try file.end()
        return file.faces
    }

    /// - Throws: `invalidOption` when the collection is encrypted.
    static func check(_ collection: FaceCollection) throws(DeepFaceError) {
        guard collection.isEncrypted else { return }
        throw DeepFaceError(
            .invalidOption, "the collection is encrypted, and Parquet files are not", input: collection.name,
            advice: "match it without --spark, or export it to a file of another kind")
    }

    private init(_ url: URL, _ collection: FaceCollection) throws(DeepFaceError) {
        file = try PartFile(url)
        self.collection = collection
        try file.write(Self.magic)
    }

    private func add(_ sample: Sample, _ vector: [Float]) throws(DeepFaceError) {
        // As an index does.
        guard vector.reduce(0, { $0 + Double($1) * Double($1) }).isFinite else {
            throw DeepFaceError(
                .invalidEmbedding, "the embedding of face \(sample.id) has a value that is not finite, or too large",
                input: collection.name)
        }
        waiting.append((sample, vector))
        if waiting.count * collection.dimensions >= 1 << 18 { try writeGroup() }
    }

    /// The file is whole now.
    private func end() throws(DeepFaceError) {
        if !waiting.isEmpty { try writeGroup() }
        let recipe = try collection.recipe.text
        let footer = ThriftValue.fields([
            1: .int32(1), 2: .list(Self.schema), 3: .int64(faces), 4: .list(groups),
            5: .list([.fields([1: .text("deepface.recipe"), 2: .text(recipe)])]), 6: .text("deepface"),
        ]).bytes
        try file.write(footer + Self.bytes(UInt32(footer.count)) + Self.magic)
        try file.end()
    }

    // MARK: Columns

    private enum Kind: Int {
        case int64 = 2
        case float = 4
        case bytes = 6
    }

    private static let schema: [ThriftValue] = [
        .fields([4: .text("faces"), 5: .int32(4)]),
        .fields([1: .int32(Kind.int64.rawValue), 3: .int32(0), 4: .text("id")]),
        .fields([1: .int32(Kind.bytes.rawValue), 3: .int32(0), 4: .text("person"), 6: .int32(0)]),
        .fields([1: .int32(Kind.bytes.rawValue), 3: .int32(0), 4: .text("img_name"), 6: .int32(0)]),
        // A list is a group of a repeated group.
        .fields([3: .int32(0), 4: .text("embedding"), 5: .int32(1), 6: .int32(3)]),
        .fields([3: .int32(2), 4: .text("list"), 5: .int32(1)]),
        .fields([1: .int32(Kind.float.rawValue), 3: .int32(0), 4: .text("element")]),
    ]

    private func writeGroup() throws(DeepFaceError) {
        let faces = waiting
        waiting.removeAll(keepingCapacity: true)
        var size = 0
        var columns: [ThriftValue] = []
        func add(_ path: [String], _ kind: Kind, values count: Int, _ page: Data) throws(DeepFaceError) {
            let header = ThriftValue.fields([
                1: .int32(0), 2: .int32(page.count), 3: .int32(page.count),
                5: .fields([1: .int32(count), 2: .int32(0), 3: .int32(3), 4: .int32(3)]),
            ]).bytes
            let (start, length) = (file.count, header.count + page.count)
            size += length
            columns.append(
                .fields([
                    2: .int64(start),
                    3: .fields([
                        1: .int32(kind.rawValue), 2: .list([.int32(0), .int32(3)]), 3: .list(path.map { .text($0) }),
                        4: .int32(0), 5: .int64(count), 6: .int64(length), 7: .int64(length), 9: .int64(start),
                    ]),
                ]))
            try file.write(header + page)
        }
        let ids = faces.reduce(into: Data()) { $0 += Self.bytes($1.sample.id) }
        try add(["id"], .int64, values: faces.count, ids)
        try add(["person"], .bytes, values: faces.count, Self.texts(faces.map(\.sample.person)))
        try add(["img_name"], .bytes, values: faces.count, Self.texts(faces.map(\.sample.image)))
        try add(
            ["embedding", "list", "element"], .float, values: faces.count * collection.dimensions,
            faces.reduce(into: levels(faces.count)) { $0 += VectorBytes.data($1.vector) })
        groups.append(.fields([1: .list(columns), 2: .int64(size), 3: .int64(faces.count)]))
        self.faces += faces.count
    }

    /// Where each list begins, and that no number is missing: runs of equal bits, each a length and the bit.
    private func levels(_ lists: Int) -> Data {
        var list = Data()
        for (length, bit) in [(1, UInt8(0)), (collection.dimensions - 1, 1)] where length > 0 {
            ThriftValue.write(length << 1, to: &list)
            list.append(bit)
        }
        var (repetitions, definitions) = (Data(), Data())
        for _ in 0..<lists { repetitions += list }
        ThriftValue.write(lists * collection.dimensions << 1, to: &definitions)
        definitions.append(1)
        return Self.bytes(UInt32(repetitions.count)) + repetitions + Self.bytes(UInt32(definitions.count)) + definitions
    }

    private static func texts(_ texts: [String]) -> Data {
        texts.reduce(into: Data()) { $0 += bytes(UInt32($1.utf8.count)) + Data($1.utf8) }
    }

    /// The lowest byte first.
    private static func bytes(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
}
