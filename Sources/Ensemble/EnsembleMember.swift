import DeepFace
import Foundation

/// One way to embed photos: a model with a detector, an alignment and the rest of a recipe.
public struct EnsembleMember: Sendable, Codable, Equatable {
    public let recipe: EmbeddingRecipe
    /// Where a network of one's own lies, as `onnx:PATH`; `nil` for a model of the registry.
    public let source: String?

    public init(recipe: EmbeddingRecipe, source: String? = nil) {
        (self.recipe, self.source) = (recipe, source)
    }

    /// As `Dlib mtcnn landmarks`.
    public var name: String { "\(recipe.model) \(recipe.detector) \(recipe.align.rawValue)" }

    /// Options that embed as the recipe says, with what is at hand.
    ///
    /// - Throws: `invalidOption` when there is no such model or detector here; `weightsMissing`; `recipeMismatch` when the
    ///   weights are other ones than those that the ensemble was made with, or networks compute with other numbers.
    func options(_ configuration: Configuration) throws(DeepFaceError) -> Options {
        var options = Options()
        options.model = try RecognitionRegistry.model(named: source ?? recipe.model)
        options.detector = try DetectorRegistry.detector(named: recipe.detector)
        options.alignment = recipe.align
        options.detectionSize = try Self.size(recipe.detectionSize)
        guard let landmarks = LandmarkSource(rawValue: recipe.landmarks) else {
            throw DeepFaceError(.invalidOption, "the ensemble takes landmarks of '\(recipe.landmarks)', unknown here")
        }
        options.landmarks = landmarks
        options.anyRotation = recipe.anyRotation
        options.normalization = recipe.normalization
        options.expand = recipe.expand
        options.maximumFaces = recipe.maximumFaces
        options.enforceDetection = recipe.enforceDetection
        options.antiSpoofing = recipe.antiSpoofing
        options.minimumQuality = recipe.minimumQuality ?? 0
        try Self.checkWeights(options, configuration)
        let here = EmbeddingRecipe(options, configuration)
        guard here != recipe else { return options }
        throw DeepFaceError(
            .recipeMismatch, "the ensemble was made with \(recipe.unlikeness(here)), for its member \(name)",
            advice: "use what it was made with, or train another with: deepface ensemble train")
    }

    /// - Throws: `weightsMissing`, naming the first file.
    static func checkWeights(_ options: Options, _ configuration: Configuration) throws(DeepFaceError) {
        let store = WeightStore(home: configuration.home, checksDigests: configuration.checksDigests)
        for (name, files) in [
            (options.model.name, options.model.files), (options.detector.name, options.detector.files),
        ] {
            guard let file = files.first(where: { store.glance(at: $0) == .missing }) else { continue }
            throw DeepFaceError(
                .weightsMissing, "the weights of \(name), a member of the ensemble, are not there",
                input: store.url(of: file).path, advice: "run: deepface models pull \(name)")
        }
    }

    private static func size(_ text: String) throws(DeepFaceError) -> DetectionSize {
        switch text {
        case "auto": return .automatic
        case "full": return .full
        default:
            guard let side = Int(text) else {
                throw DeepFaceError(.invalidOption, "the ensemble searches photos at '\(text)', unknown here")
            }
            return .longestSide(side)
        }
    }
}

extension Options {
    /// Takes over which faces count; of two face limits both hold, and of two lowest qualities.
    mutating func look(as other: Options) {
        maximumFaces = [maximumFaces, other.maximumFaces].compactMap(\.self).min()
        minimumQuality = max(minimumQuality, other.minimumQuality)
        enforceDetection = other.enforceDetection
        antiSpoofing = other.antiSpoofing
    }
}

extension EmbeddingRecipe {
    /// The first thing in which it is not as `other`, in words.
    fileprivate func unlikeness(_ other: EmbeddingRecipe) -> String {
        if weights != other.weights { return "other weights of \(model)" }
        if detectorWeights != other.detectorWeights { return "other weights of the detector \(detector)" }
        if precision != other.precision { return "precision \(precision), not \(other.precision)" }
        return differences(from: other).first ?? "other settings"
    }
}
