import Foundation

/// How far apart two embeddings are: the four metrics of Python DeepFace (modules/verification.py).
public enum DistanceMetric: String, Sendable, CaseIterable, Codable {
    /// 1 − the cosine of the angle between them.
    case cosine
    /// Length of the difference.
    case euclidean
    /// Length of the difference once both have length 1.
    case euclideanL2 = "euclidean_l2"
    /// The angle between them, in half turns.
    case angular

    /// The distance of two embeddings, unrounded.
    ///
    /// Python's angular distance of an embedding to itself is NaN when the cosine exceeds 1 by rounding; here it is 0.
    ///
    /// - Throws: `invalidEmbedding` when the lengths differ, when a value is not finite, or when an embedding without
    ///   direction (all zeros) meets a metric that needs one.
    public func distance(_ a: [Float], _ b: [Float]) throws(DeepFaceError) -> Double {
        guard a.count == b.count, !a.isEmpty else {
            throw DeepFaceError(
                .invalidEmbedding, "embeddings of \(a.count) and \(b.count) numbers cannot be compared",
                advice: "use the same model for both")
        }
        var (dot, lengthA, lengthB, difference) = (0.0, 0.0, 0.0, 0.0)
        for index in a.indices {
            let (x, y) = (Double(a[index]), Double(b[index]))
            dot += x * y
            lengthA += x * x
            lengthB += y * y
            difference += (x - y) * (x - y)
        }
        guard dot.isFinite, lengthA.isFinite, lengthB.isFinite, difference.isFinite else {
            throw DeepFaceError(.invalidEmbedding, "an embedding has a value that is not a finite number")
        }
        if self == .euclidean { return difference.squareRoot() }
        guard lengthA > 0, lengthB > 0 else {
            throw DeepFaceError(
                .invalidEmbedding, "an embedding of zeros has no \(rawValue) distance",
                advice: "use the euclidean metric")
        }
        if a == b { return 0 }
        let cosine = min(1, max(-1, dot / (lengthA.squareRoot() * lengthB.squareRoot())))
        switch self {
        case .cosine: return 1 - cosine
        case .angular: return acos(cosine) / .pi
        default:
            let (unitA, unitB) = (lengthA.squareRoot() + 1e-10, lengthB.squareRoot() + 1e-10)
            var sum = 0.0
            for index in a.indices {
                let part = Double(a[index]) / unitA - Double(b[index]) / unitB
                sum += part * part
            }
            return sum.squareRoot()
        }
    }
}

extension DistanceMetric {
    /// The distance to six decimals, as numpy rounds.
    ///
    /// - Throws: as `distance`.
    package func roundedDistance(_ a: [Float], _ b: [Float]) throws(DeepFaceError) -> Double {
        (try distance(a, b) * 1e6).rounded(.toNearestOrEven) / 1e6
    }

    /// The two closest of one photo's embeddings and another's, and their distance, six decimals; `nil` where one has none.
    ///
    /// - Throws: as `distance`.
    package func closest(
        _ first: [[Float]], _ second: [[Float]]
    ) throws(DeepFaceError) -> (distance: Double, first: Int, second: Int)? {
        var closest: (distance: Double, first: Int, second: Int)?
        for (index, one) in first.enumerated() {
            for (other, embedding) in second.enumerated() {
                let distance = try roundedDistance(one, embedding)
                if closest.map({ distance < $0.distance }) ?? true { closest = (distance, index, other) }
            }
        }
        return closest
    }
}

/// A value for each metric.
public struct MetricTable<Value: Sendable>: Sendable {
    public let cosine, euclidean, euclideanL2, angular: Value

    public init(cosine: Value, euclidean: Value, euclideanL2: Value, angular: Value) {
        (self.cosine, self.euclidean, self.euclideanL2, self.angular) = (cosine, euclidean, euclideanL2, angular)
    }

    public subscript(metric: DistanceMetric) -> Value {
        switch metric {
        case .cosine: cosine
        case .euclidean: euclidean
        case .euclideanL2: euclideanL2
        case .angular: angular
        }
    }
}
