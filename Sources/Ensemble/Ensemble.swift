import DeepFace

/// Several models' word on a pair of photos: their distances are the features of a learned model, which tells how likely
/// the photos show one person.
///
/// ```swift
/// let ensemble = try Ensemble(contentsOf: "ensemble.json")
/// let verdict = try await EnsembleVerifier(ensemble, DeepFace()).verify("a.jpg", "b.jpg")
/// print(verdict.verified, verdict.probability)
/// ```
///
/// Boosted trees over the distances of several models are Boosted LightFace of Serengil and Ozpinar (ASYU 2020).
public struct Ensemble: Sendable {
    /// What turns distances into a probability.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// Gradient-boosted trees of XGBoost.
        case boosted
        /// Logistic regression.
        case logistic
        /// Gradient-boosted trees that LightGBM has trained.
        case lightGBM = "lightgbm"
    }

    /// A distance that counts.
    public struct Feature: Sendable, Codable, Equatable {
        /// As `Dlib mtcnn landmarks cosine`.
        public let name: String
        /// Which of the members embeds, from 0.
        public let member: Int
        public let metric: DistanceMetric
    }

    /// Each embeds photos in its own way.
    public let members: [EnsembleMember]
    /// In the order that the model takes them.
    public let features: [Feature]
    /// From which probability on, 0 to 1, a pair is taken for one person; six decimals.
    public let threshold: Double
    /// What was measured when it was trained; `nil` where it was trained elsewhere.
    public let training: TrainingReport?
    let model: PairModel

    public var kind: Kind { model.kind }

    /// - Parameter features: a member's place among `members`, and a metric.
    init(
        members: [EnsembleMember], features: [(member: Int, metric: DistanceMetric)], model: PairModel,
        threshold: Double, training: TrainingReport? = nil
    ) {
        self.members = members
        self.features = features.map { feature in
            Feature(
                name: "\(members[feature.member].name) \(feature.metric.rawValue)", member: feature.member,
                metric: feature.metric)
        }
        self.threshold = threshold.rounded(toPlaces: 6)
        self.training = training
        self.model = model
    }

    /// How likely pairs show one person, 0 to 1, six decimals; `nil` for a pair that no member could compare.
    ///
    /// - Parameter rows: for each pair the distances, as many as there are features; `nil` where a photo has no face.
    /// - Throws: `invalidOption` when their number is another one, `engine`.
    public func probabilities(_ rows: [[Double?]]) throws(DeepFaceError) -> [Double?] {
        if let wrong = rows.first(where: { $0.count != features.count }) {
            throw DeepFaceError(.invalidOption, "\(wrong.count) distances, and the ensemble takes \(features.count)")
        }
        let likely = try model.probabilities(rows.map { $0.map { $0 ?? .nan } })
        return zip(rows, likely).map { row, probability in
            row.allSatisfy { $0 == nil } ? nil : min(1, max(0, probability)).rounded(toPlaces: 6)
        }
    }
}
