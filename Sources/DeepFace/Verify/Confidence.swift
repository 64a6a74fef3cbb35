import Foundation

/// How sure a distance makes one, in percent: a logistic curve fitted to labelled pairs for one model and metric,
/// stretched to 51…100 for "same" and 0…49 for "different" (Python's `find_confidence`).
public struct ConfidenceCurve: Sendable, Equatable {
    let weight: Double
    let bias: Double
    /// Distances are divided by it when it exceeds 1.
    let normalizer: Double
    /// What the curve gave for the fitted pairs, in percent.
    let same: ClosedRange<Double>
    let different: ClosedRange<Double>

    /// The confidence that a verdict at `distance` above 0 is right.
    fileprivate func confidence(distance: Double, verified: Bool) -> Double {
        let scaled = normalizer > 1 ? distance / normalizer : distance
        let raw = 100 / (1 + exp(-(weight * scaled + bias)))
        let measured = verified ? same : different
        let limits = verified ? 51.0...100.0 : 0.0...49.0
        let target =
            verified
            ? max(51, same.lowerBound)...100 : 0...min(49, different.upperBound.rounded(.down))
        let part = (raw - measured.lowerBound) / (measured.upperBound - measured.lowerBound)
        let stretched = part * (target.upperBound - target.lowerBound) + target.lowerBound
        return min(limits.upperBound, max(limits.lowerBound, stretched)).rounded(toPlaces: 2)
    }
}

extension RecognitionModel {
    /// The confidence in a verdict, in percent with two decimals; 51 or 49 for a model without a curve.
    package func confidence(_ metric: DistanceMetric, distance: Double, verified: Bool) -> Double {
        if distance <= 0 { return verified ? 100 : 0 }
        return confidence?[metric].confidence(distance: distance, verified: verified) ?? (verified ? 51 : 49)
    }
}

extension Double {
    /// Rounded half to even at `places` decimals of the exact binary value, as Python's `round` does.
    package func rounded(toPlaces places: Int) -> Double {
        Double(String(format: "%.\(places)f", self)) ?? self
    }
}
