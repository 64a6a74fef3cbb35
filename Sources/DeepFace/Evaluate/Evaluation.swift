import Foundation
import Inference

/// Measures on labelled pairs of photos how often models, detectors and alignments judge right.
///
/// ```swift
/// var evaluation = Evaluation(pairs: try PairsFile.pairs(in: "pairs.txt"), images: URL(fileURLWithPath: "lfw"))
/// evaluation.detectors = [.mtcnn, .opencv]
/// let report = try await evaluation.run()
/// print(report.results[0].allPairs.accuracy ?? 0)
/// ```
public struct Evaluation: Sendable {
    /// Which photos are compared, and the truth about them.
    public var pairs: [LabelledPair]
    /// The folder that the pairs' photos are in.
    public var images: URL
    /// Default: Dlib.
    public var models: [RecognitionModel] = [Options().model]
    /// Default: MTCNN.
    public var detectors: [DetectorModel] = [Options().detector]
    /// Default: `nil`, each model's own. One that a model or detector cannot do is skipped, and the report says so.
    public var alignments: [Alignment]?
    /// Default: `nil`, each model's own.
    public var metrics: [DistanceMetric]?
    /// How faces are found and prepared; its model, detector, alignment, metric and threshold do not matter.
    public var options = Options()
    /// What computes.
    public var configuration = Configuration()
    /// Where embeddings are kept, so that a run that was stopped goes on where it was. Default: `.deepface/evaluate`
    /// in the home of `configuration`.
    public var cache: URL?
    /// False match rates at which the true match rate is told, each above 0 and below 1.
    public var falseMatchRates = [0.1, 0.01, 0.001]
    /// Whether to measure too how errors fall when photos of low quality are turned away. Default: false.
    public var byQuality = false
    /// Photos that are worked on at once. Default: one, so that a photo's time is its own.
    public var parallel = 1

    public init(pairs: [LabelledPair], images: URL) {
        self.pairs = pairs
        self.images = images
    }

    /// Embeds the photos that are not yet in the cache, compares the pairs, and measures.
    ///
    /// - Parameter progress: hears how many embeddings of how many are there.
    /// - Throws: `unreadableInput` when photos are missing, before any work; `invalidOption`, `weightsMissing`,
    ///   `weightsDamaged`, `unwritableOutput` when the cache cannot be written, `engine`, `cancelled`. A photo that
    ///   cannot be decoded or has no face is no error: the report names it.
    public func run(
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> EvaluationReport {
        let plan = try EvaluationPlan(self)
        if let rate = falseMatchRates.first(where: { !($0 > 0 && $0 < 1) }) {
            throw DeepFaceError(.invalidOption, "the false match rate \(rate) is not above 0 and below 1")
        }
        let photos = try EvaluatedPhotos(pairs, in: images)
        let folds = Folds(pairs)
        let total = plan.steps.count * photos.distinct.count
        var done = 0
        var results: [EvaluationResult] = []
        var deepface: DeepFace?
        for step in plan.steps {
            let recipe = EmbeddingRecipe(step.options, configuration)
            let cache = try EmbeddingCache(
                folder: cacheFolder, recipe: recipe, engine: "OpenVINO \(OpenVINOEngine.version)")
            let missing = photos.distinct.filter { photo in
                guard let known = cache.photos[photo.digest] else { return true }
                return byQuality && !known.hasQuality
            }
            done += photos.distinct.count - missing.count
            progress(done, total)
            if !missing.isEmpty {
                // A model's networks go when the next one's come.
                if deepface?.options.model.name != step.options.model.name { deepface = nil }
                let ready: DeepFace
                if let deepface {
                    ready = deepface
                } else {
                    ready = try DeepFace(options: step.options, configuration: configuration)
                }
                deepface = ready
                var options = step.options
                options.measuresQuality = byQuality
                let embedder = PhotoEmbedder(deepface: ready, options: options, parallel: parallel)
                try await embedder.embed(missing, into: cache) {
                    done += 1
                    progress(done, total)
                }
            }
            let embedded = photos.digests.compactMapValues { cache.photos[$0] }
            for metric in step.metrics {
                results.append(
                    EvaluationResult(
                        recipe, step.options.model, metric, pairs, folds, embedded, rates: falseMatchRates,
                        byQuality: byQuality))
            }
        }
        return EvaluationReport(
            pairs: pairs, folds: folds, photos: photos.digests.count, results: results, skipped: plan.skipped)
    }

    private var cacheFolder: URL {
        cache
            ?? WeightStore(home: configuration.home).home
            .appending(path: ".deepface/evaluate", directoryHint: .isDirectory)
    }
}
