import Foundation

/// What was measured of one model, detector, alignment and metric.
public struct EvaluationResult: Sendable {
    public let recipe: EmbeddingRecipe
    public let metric: DistanceMetric
    /// The model's own for the metric; `nil` where nobody has measured it.
    public let threshold: Double?
    /// Each pair's distance, in the order of the pairs.
    public let scores: [PairScore]
    /// Over all pairs; one in which a photo has no face counts as judged "different".
    public let allPairs: Measures
    /// Over the pairs in which both photos have a face.
    public let withFaces: Measures
    /// Names of the photos in which no face was found, or none that is live; in order.
    public let photosWithoutFace: [String]
    /// Names of the photos that cannot be decoded; in order.
    public let unreadablePhotos: [String]
    /// Median over the photos of what decoding, finding, aligning and embedding took.
    public let secondsPerPhoto: Double

    /// How errors fall when pairs of low quality are left out; `nil` where that was not asked, or there are too few.
    public let rejectCurve: RejectCurve?

    package init(
        _ recipe: EmbeddingRecipe, _ model: RecognitionModel, _ metric: DistanceMetric, _ pairs: [LabelledPair],
        _ folds: Folds, _ photos: [String: EmbeddedPhoto], rates: [Double], byQuality: Bool = false
    ) {
        self.recipe = recipe
        self.metric = metric
        threshold = model.thresholds[metric]
        scores = zip(pairs, folds.numbers).map { pair, fold in
            func faces(_ name: String) -> [[Float]] { photos[name]?.faces ?? [] }
            // An embedding of zeros has no direction, and no distance by most metrics.
            let closest = try? metric.closest(faces(pair.first), faces(pair.second))
            var score = PairScore(same: pair.same, distance: closest?.distance, fold: fold)
            if byQuality, let closest {
                // A pair is as good as its worse photo.
                let first = photos[pair.first]?.quality?[closest.first]
                let second = photos[pair.second]?.quality?[closest.second]
                score.quality = min(first ?? 0, second ?? 0)
            }
            return score
        }
        allPairs = Measures(scores, threshold: threshold, rates: rates)
        withFaces = Measures(scores.filter { $0.distance != nil }, threshold: threshold, rates: rates)
        rejectCurve = byQuality ? RejectCurve(scores, threshold: threshold) : nil
        func names(_ isMeant: (EmbeddedPhoto.Failure) -> Bool) -> [String] {
            photos.filter { $0.value.failure.map(isMeant) ?? false }.map(\.key).sorted()
        }
        photosWithoutFace = names { $0 != .unreadable }
        unreadablePhotos = names { $0 == .unreadable }
        let times = photos.values.map(\.seconds).sorted()
        let middle = times.count / 2
        secondsPerPhoto =
            times.isEmpty ? 0 : times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
    }

    /// The rates of each threshold, over all pairs.
    public var curve: ROCCurve? { ROCCurve(scores) }
}
