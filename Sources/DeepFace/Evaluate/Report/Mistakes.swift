/// The pairs that are judged most wrongly.
struct Mistakes {
    struct Mistake {
        let pair: LabelledPair
        /// `nil` where a photo has no face.
        let distance: Double?
    }

    /// Different people taken for one person, the closest first.
    let falseMatches: [Mistake]
    /// One person taken for two, photos without a face first, then the farthest.
    let falseNonMatches: [Mistake]
    /// The model's own; where it has none, the best for these pairs.
    let threshold: Double

    init?(_ result: EvaluationResult, _ pairs: [LabelledPair]) {
        guard let threshold = result.threshold ?? result.allPairs.bestThreshold else { return nil }
        self.threshold = threshold
        let wrong = zip(pairs, result.scores).filter { !$0.1.isRight(at: threshold) }
            .map { Mistake(pair: $0.0, distance: $0.1.distance) }
        func order(_ one: Mistake, _ other: Mistake) -> Bool {
            let (first, second) = (one.distance ?? .infinity, other.distance ?? .infinity)
            return (first, one.pair.first, one.pair.second) < (second, other.pair.first, other.pair.second)
        }
        falseMatches = wrong.filter { !$0.pair.same }.sorted(by: order)
        falseNonMatches = wrong.filter(\.pair.same).sorted(by: order).reversed()
    }
}
