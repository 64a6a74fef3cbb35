import DeepFace
import Foundation

/// Measures on labelled pairs how often an ensemble judges right, and each of its distances.
public struct EnsembleEvaluation: Sendable {
    public let ensemble: Ensemble
    /// The pairs, where their photos are, the cache and the like. Its models, detectors, alignments and metrics do not
    /// matter; of its options only which faces count: the face limit, enforced detection, liveness.
    public var base: Evaluation

    public init(_ ensemble: Ensemble, _ base: Evaluation) { (self.ensemble, self.base) = (ensemble, base) }

    /// Embeds the photos that are not yet in the cache, and measures.
    ///
    /// - Parameter progress: hears how many embeddings of how many are there.
    /// - Throws: as `Evaluation.run` and `EnsembleVerifier.init`.
    public func run(
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> EnsembleEvaluationReport {
        var steps: [Evaluation] = []
        for (index, member) in ensemble.members.enumerated() {
            var step = base
            step.options = try member.options(base.configuration)
            step.options.look(as: base.options)
            step.models = [step.options.model]
            step.detectors = [step.options.detector]
            // Where nothing is searched for, a model's own alignment means none.
            let isOwn = !step.options.detector.searches && member.recipe.align != .none
            step.alignments = isOwn ? nil : [member.recipe.align]
            step.metrics = ensemble.features.filter { $0.member == index }.map(\.metric)
            steps.append(step)
        }
        var results: [EvaluationResult] = []
        var found: EvaluationReport?
        for (index, step) in steps.enumerated() {
            let report = try await step.run { progress(index * $1 + $0, steps.count * $1) }
            results += report.results
            found = report
        }
        guard let found else { throw DeepFaceError(.invalidOption, "the ensemble has no member") }
        // A member's results are in the order of its features.
        var columns: [[PairScore]] = []
        var taken = [Int](repeating: 0, count: steps.count)
        for feature in ensemble.features {
            let before = steps[..<feature.member].reduce(0) { $0 + ($1.metrics?.count ?? 0) }
            columns.append(results[before + taken[feature.member]].scores)
            taken[feature.member] += 1
        }
        let rows = base.pairs.indices.map { pair in columns.map { $0[pair].distance } }
        let likely = try ensemble.probabilities(rows)
        let scores = zip(columns[0], likely).map { score, probability in
            PairScore(
                same: score.same, distance: probability.map { (1 - $0).rounded(toPlaces: 6) }, fold: score.fold)
        }
        let members = EvaluationReport(
            pairs: base.pairs, folds: found.folds, photos: found.photos, results: results, skipped: [])
        return EnsembleEvaluationReport(ensemble, members, scores, rates: base.falseMatchRates)
    }
}

/// What an evaluation of an ensemble found.
public struct EnsembleEvaluationReport: Sendable {
    public let ensemble: Ensemble
    /// The members' own results, a feature each.
    public let members: EvaluationReport
    /// Each pair's 1 − probability, in the order of the pairs.
    public let scores: [PairScore]
    /// At the ensemble's threshold, over all pairs; one that no member could compare counts as judged "different".
    public let allPairs: Measures
    /// Over the pairs that a member could compare.
    public let withFaces: Measures
    /// Whether the ensemble was trained on these very pairs, so that the numbers flatter.
    public let isOfTraining: Bool

    init(_ ensemble: Ensemble, _ members: EvaluationReport, _ scores: [PairScore], rates: [Double]) {
        self.ensemble = ensemble
        self.members = members
        self.scores = scores
        let threshold = (1 - ensemble.threshold).rounded(toPlaces: 6)
        allPairs = Measures(scores, threshold: threshold, rates: rates)
        withFaces = Measures(scores.filter { $0.distance != nil }, threshold: threshold, rates: rates)
        isOfTraining = ensemble.training?.pairsDigest == EnsembleTraining.digest(of: members.pairs)
    }
}
