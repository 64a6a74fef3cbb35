/// An evaluation's report as JSON. What could not be measured is `null`.
public struct ReportDocument: Encodable, Sendable {
    private let report: EvaluationReport
    private let times: Bool
    private let curves: Bool

    /// - Parameters:
    ///   - times: whether to say how long photos took, the one thing that differs from run to run. Default: true.
    ///   - curves: whether to write ROC curves and histograms too. Default: false.
    public init(_ report: EvaluationReport, times: Bool = true, curves: Bool = false) {
        (self.report, self.times, self.curves) = (report, times, curves)
    }

    enum CodingKeys: String, CodingKey {
        case pairs, same, different, photos, folds, results, skipped
        case foldsAreGiven = "folds_are_given"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let same = report.pairs.count(where: \.same)
        try container.encode(report.pairs.count, forKey: .pairs)
        try container.encode(same, forKey: .same)
        try container.encode(report.pairs.count - same, forKey: .different)
        try container.encode(report.photos, forKey: .photos)
        try container.encode(report.folds.count, forKey: .folds)
        try container.encode(report.folds.areGiven, forKey: .foldsAreGiven)
        try container.encode(
            report.results.map { ResultDocument(result: $0, times: times, curves: curves) }, forKey: .results)
        try container.encode(report.skipped, forKey: .skipped)
    }
}

/// One combination's results as JSON.
private struct ResultDocument: Encodable {
    let result: EvaluationResult
    let times, curves: Bool

    enum CodingKeys: String, CodingKey {
        case model, align, threshold, histogram, roc
        case detector = "detector_backend"
        case metric = "similarity_metric"
        case recipe
        case allPairs = "all_pairs"
        case rejectCurve = "by_quality"
        case withFaces = "pairs_with_faces"
        case pairsWithoutFace = "pairs_without_face"
        case photosWithoutFace = "photos_without_face"
        case unreadablePhotos = "unreadable_photos"
        case seconds = "seconds_per_photo"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(result.recipe.model, forKey: .model)
        try container.encode(result.recipe.detector, forKey: .detector)
        try container.encode(result.recipe.align, forKey: .align)
        try container.encode(result.metric, forKey: .metric)
        try container.encode(result.recipe, forKey: .recipe)
        try container.encode(result.threshold, forKey: .threshold)
        try container.encode(result.allPairs, forKey: .allPairs)
        try container.encode(result.withFaces, forKey: .withFaces)
        try container.encodeIfPresent(result.rejectCurve, forKey: .rejectCurve)
        try container.encode(result.allPairs.pairs - result.withFaces.pairs, forKey: .pairsWithoutFace)
        try container.encode(result.photosWithoutFace, forKey: .photosWithoutFace)
        try container.encode(result.unreadablePhotos, forKey: .unreadablePhotos)
        if times { try container.encode(result.secondsPerPhoto.rounded(toPlaces: 6), forKey: .seconds) }
        guard curves else { return }
        try container.encode(DistanceHistogram(result.scores), forKey: .histogram)
        try container.encode(
            result.curve?.corners.map {
                [$0.threshold, $0.falseMatchRate.rounded(toPlaces: 6), $0.trueMatchRate.rounded(toPlaces: 6)]
            }, forKey: .roc)
    }
}
