import DeepFace

/// A way to judge pairs by their distances, learned from some of them: a model and a threshold.
enum Learner: Sendable, Equatable {
    /// One feature by itself, with the threshold that is best for the pairs it learns from.
    case single(Int)
    case logistic
    case boosted

    /// What was learned: each pair's score, smaller for one person, and the largest that is accepted.
    struct Learned {
        let threshold: Double
        /// `nil` for a single feature.
        let model: PairModel?
    }

    /// Learns from the pairs at `places`, which are of both kinds.
    ///
    /// A model's threshold is found on its own verdicts on pairs that it has not learned from: they are dealt into
    /// `folds` once more.
    func learn(_ table: PairTable, _ places: [Int], folds: Int) throws(DeepFaceError) -> Learned {
        if case .single(let feature) = self {
            let scores = places.map { table.score($0, table.rows[$0][feature]) }
            return Learned(threshold: ThresholdSweep(scores).best?.threshold ?? 0, model: nil)
        }
        let threshold = ThresholdSweep(try scoresOfUnseen(table, places, folds: folds)).best?.threshold
        return Learned(threshold: threshold ?? 0.5, model: try model(table, places))
    }

    /// Each pair's score by a model that has not learned from it; empty where there are too few pairs.
    private func scoresOfUnseen(_ table: PairTable, _ places: [Int], folds: Int) throws(DeepFaceError) -> [PairScore] {
        let kinds = [true, false].map { kind in places.filter { table.pairs[$0].same == kind } }
        let folds = min(folds, kinds.map(\.count).min() ?? 0)
        guard folds > 1 else { return [] }
        var scores: [PairScore] = []
        for fold in 0..<folds {
            var (training, testing): ([Int], [Int]) = ([], [])
            for kind in kinds {
                for (rank, place) in kind.enumerated() {
                    if rank % folds == fold { testing.append(place) } else { training.append(place) }
                }
            }
            let learned = Learned(threshold: 0, model: try model(table, training))
            scores += try self.scores(table, testing, learned)
        }
        return scores
    }

    private func model(_ table: PairTable, _ places: [Int]) throws(DeepFaceError) -> PairModel? {
        let (rows, same) = (places.map { table.rows[$0] }, places.map { table.pairs[$0].same })
        switch self {
        case .single: return nil
        case .logistic: return .logistic(LogisticModel(rows, same: same))
        case .boosted: return .boosted(try BoostedTrees(rows, same: same))
        }
    }

    /// The scores of the pairs at `places`: a distance, or 1 − the probability of one person; six decimals.
    func scores(_ table: PairTable, _ places: [Int], _ learned: Learned) throws(DeepFaceError) -> [PairScore] {
        if case .single(let feature) = self { return places.map { table.score($0, table.rows[$0][feature]) } }
        let rows = places.map { table.rows[$0] }
        let likely = try learned.model?.probabilities(rows) ?? []
        return zip(places, likely).map { place, probability in
            let isMissing = table.rows[place].allSatisfy(\.isNaN)
            return table.score(place, isMissing ? .nan : (1 - min(1, max(0, probability))).rounded(toPlaces: 6))
        }
    }
}

extension PairTable {
    /// A pair's score; NaN is none.
    fileprivate func score(_ place: Int, _ value: Double) -> PairScore {
        PairScore(same: pairs[place].same, distance: value.isNaN ? nil : value)
    }
}
