/// Accuracy as it is to be expected of pairs that had no say in the threshold: each fold is judged with the threshold
/// that is best for all others.
public struct FoldedAccuracy: Sendable, Equatable {
    /// Mean over the folds, 0 to 1.
    public let mean: Double
    /// Of the folds' accuracies: the root of the sum of their squared differences, divided by one less than their
    /// number.
    public let standardDeviation: Double
    /// Mean of the thresholds.
    public let threshold: Double
    public let folds: Int

    /// `nil` when there is but one fold, or all distances are in one.
    package init?(_ scores: [PairScore]) {
        let folds = Dictionary(grouping: scores, by: \.fold).sorted { $0.key < $1.key }
        guard folds.count > 1 else { return nil }
        var (accuracies, thresholds): ([Double], [Double]) = ([], [])
        for (fold, held) in folds {
            guard let best = ThresholdSweep(scores.filter { $0.fold != fold }).best else { return nil }
            accuracies.append(held.accuracy(at: best.threshold))
            thresholds.append(best.threshold)
        }
        self.folds = folds.count
        let mean = accuracies.reduce(0, +) / Double(folds.count)
        self.mean = mean
        threshold = thresholds.reduce(0, +) / Double(folds.count)
        let squares = accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = (squares / Double(folds.count - 1)).squareRoot()
    }
}
