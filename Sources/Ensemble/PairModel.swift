import DeepFace

/// What turns a pair's distances into how likely it shows one person.
enum PairModel: Sendable {
    case boosted(BoostedTrees)
    case logistic(LogisticModel)
    case lightGBM(LightGBMModel)

    var kind: Ensemble.Kind {
        switch self {
        case .boosted: .boosted
        case .logistic: .logistic
        case .lightGBM: .lightGBM
        }
    }

    /// How many distances it takes.
    var features: Int {
        switch self {
        case .boosted(let trees): trees.features
        case .logistic(let model): model.weights.count
        case .lightGBM(let model): model.features
        }
    }

    /// A probability a pair.
    ///
    /// - Parameter rows: pairs × distances; NaN where a photo has no face.
    func probabilities(_ rows: [[Double]]) throws(DeepFaceError) -> [Double] {
        switch self {
        case .boosted(let trees): try trees.probabilities(rows)
        case .logistic(let model): rows.map(model.probability)
        case .lightGBM(let model): rows.map(model.probability)
        }
    }
}
