/// How many pairs each threshold accepts: the distances in order, and the pairs of each kind up to each.
package struct ThresholdSweep {
    /// At a threshold of `distance` so many pairs of each kind are accepted.
    package struct Step {
        package let distance: Double
        package let same, different: Int
    }

    /// One for each distance that occurs, the smallest first.
    package let steps: [Step]
    /// All pairs of each kind, those without a distance too.
    package let same, different: Int

    package init(_ scores: [PairScore]) {
        same = scores.count(where: \.same)
        different = scores.count - same
        let sorted = scores.compactMap { score in score.distance.map { (distance: $0, same: score.same) } }
            .sorted { $0.distance < $1.distance }
        var steps: [Step] = []
        var (same, different) = (0, 0)
        for (index, score) in sorted.enumerated() {
            if score.same { same += 1 } else { different += 1 }
            let isLast = index + 1 == sorted.count || sorted[index + 1].distance != score.distance
            if isLast { steps.append(Step(distance: score.distance, same: same, different: different)) }
        }
        self.steps = steps
    }

    /// The threshold with the most right verdicts, half way between two distances; of equals the lowest.
    ///
    /// It is the best for these very pairs, so its accuracy flatters.
    package var best: (threshold: Double, accuracy: Double)? {
        guard let first = steps.first else { return nil }
        // Nobody accepted, where a threshold can say that.
        var best = first.distance > 0 ? (threshold: thresholdBetween(0, first.distance), right: different) : nil
        for (index, step) in steps.enumerated() {
            let right = step.same + different - step.different
            guard right > best?.right ?? -1 else { continue }
            let next = index + 1 < steps.count ? steps[index + 1].distance : step.distance
            best = (thresholdBetween(step.distance, next), right)
        }
        return best.map { ($0.threshold, Double($0.right) / Double(same + different)) }
    }
}
