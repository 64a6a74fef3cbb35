import DeepFace
import Foundation

/// Protects the embeddings of one recipe with one key.
public struct TemplateProtector: Sendable {
    /// What protected embeddings are for.
    public enum Purpose: Sendable {
        /// This distance stays what it was.
        case distance(DistanceMetric)
        /// Only signs are kept, so many: a multiple of 8 from 64 to 16384. The angle can be told about: its standard
        /// error is at most 1 / (2·√bits) half turns.
        case signs(Int)
    }

    public let protection: Protection
    public let recipe: EmbeddingRecipe
    public let dimensions: Int
    /// One for distances, as many as are needed for signs.
    private let rotations: [KeyedRotation]
    /// What is added; zeros where nothing is.
    private let shift: [Double]

    /// The longest embeddings that are protected: keys of longer ones take too much memory.
    public static let maximumDimensions = 4096

    /// - Parameters:
    ///   - recipe: how the embeddings are made.
    ///   - model: the recipe's.
    ///   - purpose: `nil`: the model's own metric.
    /// - Throws: `invalidOption` for signs that are too few or too many, and embeddings that are too long.
    public init(
        key: ProtectionKey, recipe: EmbeddingRecipe, model: RecognitionModel, purpose: Purpose? = nil
    ) throws(DeepFaceError) {
        let protection: Protection
        switch purpose ?? .distance(model.metric) {
        case .signs(let bits):
            guard (64...16384).contains(bits), bits % 8 == 0 else {
                throw DeepFaceError(
                    .invalidOption, "\(bits) signs cannot be kept", advice: "ask for a multiple of 8 from 64 to 16384")
            }
            protection = Protection(scheme: .signs, keyID: key.id, version: 1, shift: nil, bits: bits)
        case .distance(.euclidean):
            // Of the size of what it has to hide: the distances at which people are told apart.
            let scale = exp2(log2(model.thresholds.euclidean ?? 1).rounded(.up))
            protection = Protection(scheme: .rotationAndShift, keyID: key.id, version: 1, shift: scale, bits: nil)
        case .distance:
            protection = Protection(scheme: .rotation, keyID: key.id, version: 1, shift: nil, bits: nil)
        }
        try self.init(key: key, protection: protection, recipe: recipe, dimensions: model.dimensions)
    }

    /// For templates that are there already.
    ///
    /// - Throws: `recipeMismatch` when they were protected with another key; `invalidOption`.
    init(
        key: ProtectionKey, protection: Protection, recipe: EmbeddingRecipe, dimensions: Int
    ) throws(DeepFaceError) {
        guard protection.keyID == key.id else {
            throw DeepFaceError(
                .recipeMismatch, "the template was protected with the key \(protection.keyID), not with \(key.id)",
                advice: "name the key it was made with")
        }
        guard protection.version == 1 else {
            throw DeepFaceError(.invalidOption, "templates of version \(protection.version) are unknown here")
        }
        guard (1...Self.maximumDimensions).contains(dimensions) else {
            throw DeepFaceError(
                .invalidOption, "embeddings of \(dimensions) numbers cannot be protected",
                advice: "use a model with at most \(Self.maximumDimensions)")
        }
        (self.protection, self.recipe, self.dimensions) = (protection, recipe, dimensions)
        // Other models, lengths and schemes are turned in other ways.
        let place = "\(protection.scheme.rawValue) \(dimensions) \(recipe.model)"
        let count = protection.bits.map { ($0 + dimensions - 1) / dimensions } ?? 1
        rotations = (0..<count).map { number in
            KeyedRotation(dimensions: dimensions, key: key.key(for: "rotation \(number) \(place)"))
        }
        let numbers = KeyedNumbers(key: key.key(for: "shift \(place)"))
        shift =
            protection.shift.map { scale in numbers.row(0, count: dimensions).map { $0 * scale } }
            ?? [Double](repeating: 0, count: dimensions)
    }

    /// The face with its embedding protected.
    ///
    /// - Throws: `invalidEmbedding` when it has another length than the recipe's, no direction, or is not of finite
    ///   numbers.
    public func protect(_ face: Representation) throws(DeepFaceError) -> ProtectedTemplate {
        let numbers = face.embedding.map(Double.init)
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard numbers.count == dimensions, length.isFinite, length > 0 else {
            throw DeepFaceError(
                .invalidEmbedding,
                "an embedding cannot be protected that is not of \(dimensions) finite numbers, some other than zero")
        }
        return template(
            face.facialArea, face.faceConfidence,
            numbers: protection.scheme == .rotation ? numbers.map { $0 / length } : numbers)
    }

    /// What protecting these numbers gives.
    func template(
        _ area: FacialArea, _ confidence: Double, numbers: [Double]
    ) -> ProtectedTemplate {
        var (embedding, code): ([Float]?, Data?)
        if let bits = protection.bits {
            var bytes = [UInt8](repeating: 0, count: bits / 8)
            let turned = rotations.flatMap { $0.turned(numbers) }
            for place in 0..<bits where turned[place] >= 0 { bytes[place / 8] |= 1 << UInt8(place % 8) }
            code = Data(bytes)
        } else {
            embedding = zip(rotations[0].turned(numbers), shift).map { Float($0 + $1) }
        }
        return ProtectedTemplate(
            embedding: embedding, code: code, facialArea: area, faceConfidence: confidence, protection: protection,
            recipe: recipe)
    }

    /// The numbers that a template of this protection was made of; `nil` for signs.
    func numbers(of template: ProtectedTemplate) -> [Double]? {
        template.embedding.map { embedding in
            rotations[0].turnedBack(zip(embedding, shift).map { Double($0) - $1 })
        }
    }
}
