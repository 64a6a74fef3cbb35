/// How an index compares vectors.
///
/// The four metrics of face recognition come down to these two: cosine, euclidean_l2 and angular order vectors the same
/// way, and their distances follow from one another.
public enum VectorMetric: String, Sendable, Codable, CaseIterable {
    /// 1 − the cosine of the angle between two vectors: 0 to 2.
    case cosine
    /// The length of their difference.
    case euclidean
}
