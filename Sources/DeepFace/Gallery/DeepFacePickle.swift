import Foundation

/// The faces that Python DeepFace keeps of a folder, in its `ds_model_….pkl`: read as data, nothing is executed.
public struct DeepFacePickle: Sendable {
    /// A face, or a photo without one.
    public struct Row: Sendable, Equatable {
        /// The photo's path as Python wrote it.
        public let identity: String
        /// Python's digest of the file's size and times.
        public let hash: String
        /// `nil` for a photo without a face.
        public let embedding: [Float]?
        /// Where the face is; zeros for a photo without one.
        public let area: FaceBox
    }

    public let rows: [Row]
    /// What the file's name says of how the faces were embedded; `nil` when it is not one that Python gives, or names a
    /// model or detector that is not known here.
    public let options: Options?

    /// - Throws: `unreadableInput` when the file cannot be read, is damaged, is no list of faces, or asks for Python
    ///   objects other than plain data.
    public init(contentsOf url: URL) throws(DeepFaceError) {
        func unreadable(_ reason: String) -> DeepFaceError {
            DeepFaceError(.unreadableInput, reason, input: url.path, advice: "name a ds_model_….pkl of Python DeepFace")
        }
        let bytes: [UInt8]
        do throws(RegularFile.Problem) {
            bytes = try RegularFile.bytes(of: url.path)
        } catch {
            throw unreadable("\(error)")
        }
        do throws(WeightFileError.Reason) {
            rows = try Data(bytes).withBytes { bytes throws(WeightFileError.Reason) in
                var input = try ByteReader(bytes)
                return try Self.rows(PickleReader.read(&input, .faces))
            }
        } catch {
            switch error {
            case .forbiddenGlobal(let name):
                let name = WeightFileError.printable(name)
                throw unreadable("refused: it asks for the Python object '\(name)'; nothing was executed")
            case .malformed(let detail), .truncated(let detail), .unsupported(let detail):
                throw unreadable("no list of faces, or damaged: \(WeightFileError.printable(detail))")
            default: throw unreadable("no list of faces, or damaged")
            }
        }
        options = Options(pickle: url.lastPathComponent)
    }

    private static func rows(_ pickle: PickleDocument) throws(WeightFileError.Reason) -> [Row] {
        guard case .list(let list) = pickle.root else { throw .malformed("it is not a list") }
        var rows: [Row] = []
        for value in pickle.cells[list] {
            guard case .dictionary(let cell) = value else { throw .malformed("row \(rows.count + 1) has no names") }
            rows.append(try row(Dictionary(pickle.entries(ofDictionary: cell)) { $1 }, rows.count + 1, pickle))
        }
        return rows
    }

    private static func row(
        _ entries: [String: PickleValue], _ number: Int, _ pickle: PickleDocument
    ) throws(WeightFileError.Reason) -> Row {
        guard case .text(let identity)? = entries["identity"] else { throw .malformed("row \(number): no identity") }
        var hash = ""
        if case .text(let text)? = entries["hash"] { hash = text }
        func pixels(_ key: String) throws(WeightFileError.Reason) -> Int {
            switch entries[key] {
            case .integer(let value): return value
            case .real(let value) where abs(value) < 1e9: return Int(value)
            case nil, .some(.none): return 0
            default: throw .malformed("row \(number): \(key) is not a number")
            }
        }
        let area = FaceBox(
            x: try pixels("target_x"), y: try pixels("target_y"), w: try pixels("target_w"), h: try pixels("target_h"))
        switch entries["embedding"] {
        case .list(let cell), .tuple(let cell):
            var embedding: [Float] = []
            for value in pickle.cells[cell] {
                switch value {
                case .real(let number): embedding.append(Float(number))
                case .integer(let number): embedding.append(Float(number))
                default: throw .malformed("row \(number): the embedding is not of numbers")
                }
            }
            guard embedding.allSatisfy(\.isFinite) else { throw .malformed("row \(number): a number is not finite") }
            return Row(identity: identity, hash: hash, embedding: embedding, area: area)
        case .some(.none): return Row(identity: identity, hash: hash, embedding: nil, area: area)
        default: throw .malformed("row \(number): no embedding")
        }
    }
}

extension Options {
    /// The settings in the name of one of Python's pickles, which has lost its capitals and hyphens.
    fileprivate init?(pickle name: String) {
        let form =
            /ds_model_(.+)_detector_(.+)_(aligned|unaligned)_normalization_(.+)_expand_(\d+)\.pkl/
        func isSame(_ name: String, _ other: Substring) -> Bool {
            name.replacing("-", with: "").lowercased() == other.lowercased()
        }
        guard let facts = name.wholeMatch(of: form)?.output,
            let model = RecognitionRegistry.all.first(where: { isSame($0.name, facts.1) }),
            let detector = DetectorRegistry.all.first(where: { isSame($0.name, facts.2) }),
            let normalization = Normalization.allCases.first(where: { isSame($0.rawValue, facts.4) }),
            let expand = Int(facts.5)
        else { return nil }
        self.init()
        (self.model, self.detector, self.normalization, self.expand) = (model, detector, normalization, expand)
        alignment = facts.3 == "aligned" ? .eyes : Alignment.none
    }
}
