import DeepFace
import Ensemble
import TestSupport

/// Pairs of made-up people with made-up distances.
enum MadeUpPairs {
    /// Pairs of so many people with three photos each, every photo with every other. The truth hides in the first two
    /// distances, in equal parts; the third tells nothing.
    static func table(people: Int = 16, seed: UInt64 = 3) -> PairTable {
        var random = RandomNumbers(seed)
        var pairs: [LabelledPair] = []
        var rows: [[Double]] = []
        let photos = (0..<people).flatMap { person in (0..<3).map { (person, "p\(person)-\($0).jpg") } }
        for (index, one) in photos.enumerated() {
            for other in photos[(index + 1)...] where one.0 == other.0 || Int.random(in: 0..<8, using: &random) == 0 {
                let same = one.0 == other.0
                pairs.append(LabelledPair(one.1, other.1, same: same))
                let middle = same ? 0.4 : 0.6
                rows.append(
                    [
                        middle + 0.08 * Double(random.gaussian()), middle + 0.08 * Double(random.gaussian()),
                        0.5 + 0.1 * Double(random.gaussian()),
                    ].map { (max(0, $0) * 1e6).rounded() / 1e6 })
            }
        }
        return PairTable(pairs, rows)
    }

    /// The default model with three detectors, whose digests say whatever weights are here.
    static let members = ["mtcnn", "opencv", "dlib"].map { name in
        var options = Options()
        if let detector = try? DetectorRegistry.detector(named: name) { options.detector = detector }
        return EnsembleMember(recipe: EmbeddingRecipe(options))
    }

    static let features: [(member: Int, metric: DistanceMetric)] = [(0, .cosine), (1, .cosine), (2, .euclidean)]

    static func ensemble(_ kind: Ensemble.Kind?, _ table: PairTable = table()) throws -> Ensemble {
        var training = EnsembleTraining(pairs: table.pairs, images: .temporaryDirectory)
        training.kind = kind
        training.folds = 4
        return try training.ensemble(table, members, features)
    }
}
