import DeepFace

/// A way to judge pairs by their distances, learned from some of them.
enum Learner: Sendable, Equatable {
    /// One feature by itself, with the threshold that is best for the pairs it learns from.
    case single(Int)
    /// Several together, at probability 0.5.
    case logistic
    case boosted

    /// What was learned: a pair's score, smaller for one person, and the largest that is accepted.
    struct Learned {
        let threshold: Double
        /// `nil` for a single feature.
        let model: PairModel?
    }

    /// From which probability on a model takes a pair for one person. It is learned as a probability, so nothing is left
    /// to be tuned: on the few pairs that there often are, a tuned threshold is worth less.
    static let threshold = 0.5

    /// Learns from the pairs at `places`, which are of both kinds.
    func learn(_ table: PairTable, _ places: [Int]) throws(DeepFaceError) -> Learned {
        let (rows, same) = (places.map { table.rows[$0] }, places.map { table.pairs[$0].same })
        switch self {
        case .single(let feature):
            let scores = places.map { table.score($0, table.rows[$0][feature]) }
            return Learned(threshold: ThresholdSweep(scores).best?.threshold ?? 0, model: nil)
        case .logistic:
            return Learned(threshold: 1 - Self.threshold, model: .logistic(LogisticModel(rows, same: same)))
        case .boosted:
            return Learned(threshold: 1 - Self.threshold, model: .boosted(try BoostedTrees(rows, same: same)))
        }
    }

    /// The scores of the pairs at `places`: a distance, or 1 − the probability of one person; six decimals.
    func scores(_ table: PairTable, _ places: [Int], _ learned: Learned) throws(DeepFaceError) -> [PairScore] {
        if case .single(let feature) = self { return places.map { table.score($0, table.rows[$0][feature]) } }
        let likely = try learned.model?.probabilities(places.map { table.rows[$0] }) ?? []
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
