import DeepFace
import Foundation

/// Trains an ensemble on labelled pairs of photos, and measures whether it is worth it.
///
/// ```swift
/// var training = EnsembleTraining(pairs: try PairsFile.pairs(in: "pairs.txt"), images: URL(fileURLWithPath: "lfw"))
/// training.evaluation.models = [.dlib, .facenet]
/// let ensemble = try await training.run()
/// try ensemble.write(to: URL(fileURLWithPath: "ensemble.json"))
/// ```
public struct EnsembleTraining: Sendable {
    /// The pairs, where their photos are, and which models, detectors and alignments make the members, each with each.
    /// Without metrics, cosine and euclidean distance are taken: the others say what cosine says.
    public var evaluation: Evaluation
    /// Parts of the cross-validation, from 2, where the pairs file does not say. Default: 5.
    public var folds = 5
    /// What is kept. Default: `nil`, boosted trees where they are better than logistic regression in cross-validation,
    /// else that.
    public var kind: Ensemble.Kind?

    public init(pairs: [LabelledPair], images: URL) { evaluation = Evaluation(pairs: pairs, images: images) }

    /// How far it is.
    public enum Stage: String, Sendable { case photos, lessons }

    /// Embeds the photos that are not yet in the cache, measures by cross-validation, and learns from all pairs.
    ///
    /// - Parameters:
    ///   - sources: where networks of one's own lie (`onnx:PATH`), by their models' names.
    ///   - progress: hears how much of how much is done.
    /// - Throws: as `Evaluation.run`; `invalidOption` when the pairs are too few to learn from.
    public func run(
        sources: [String: String] = [:], progress: (Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
    ) async throws(DeepFaceError) -> Ensemble {
        guard (2...1000).contains(folds) else {
            throw DeepFaceError(.invalidOption, "\(folds) folds are not 2 to 1000")
        }
        guard kind != .lightGBM else {
            throw DeepFaceError(.invalidOption, "LightGBM's trees can be used here, not grown")
        }
        var evaluation = evaluation
        evaluation.metrics = evaluation.metrics ?? [.cosine, .euclidean]
        let found = try await evaluation.run { progress(.photos, $0, $1) }
        var members: [EnsembleMember] = []
        var features: [(member: Int, metric: DistanceMetric)] = []
        for result in found.results {
            let member = EnsembleMember(recipe: result.recipe, source: sources[result.recipe.model])
            if !members.contains(member) { members.append(member) }
            features.append((members.firstIndex(of: member) ?? 0, result.metric))
        }
        let table = PairTable(found.pairs, columns: found.results.map(\.scores))
        return try ensemble(table, members, features) { progress(.lessons, $0, $1) }
    }

    /// Measures and learns.
    package func ensemble(
        _ table: PairTable, _ members: [EnsembleMember], _ features: [(member: Int, metric: DistanceMetric)],
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DeepFaceError) -> Ensemble {
        var learners: [(learner: Learner, name: String)] = []
        for (index, feature) in features.enumerated() {
            learners.append((.single(index), "\(members[feature.member].name) \(feature.metric.rawValue)"))
        }
        learners.append((.logistic, "logistic"))
        learners.append((.boosted, "boosted"))
        let splits = Splits.all(table, folds: folds)
        guard !splits.isEmpty else {
            throw DeepFaceError(
                .invalidOption, "the pairs are too few to learn from some and judge the others in \(folds) folds",
                advice: "add pairs of either kind, or ask for other folds")
        }
        let total = splits.reduce(0) { $0 + $1.parts.count } * learners.count
        var done = 0
        var validations: [CrossValidation] = []
        for split in splits {
            validations.append(
                try CrossValidation(table, split, learners) {
                    done += 1
                    progress(done, total)
                })
        }
        let (learner, why) = choice(validations[0])
        let learned = try learner.learn(table, Array(table.pairs.indices))
        guard let model = learned.model else { throw DeepFaceError(.engine, "nothing was learned") }
        let same = table.pairs.count(where: \.same)
        let report = TrainingReport(
            pairs: table.pairs.count, same: same, different: table.pairs.count - same, people: table.people.count,
            pairsDigest: Self.digest(of: table.pairs),
            validations: validations.map { .init($0, table.people) }, kept: why)
        return Ensemble(
            members: members, features: features, model: model, threshold: Learner.threshold, training: report)
    }

    /// What is kept, and why.
    private func choice(_ validation: CrossValidation) -> (Learner, String) {
        switch kind {
        case .boosted: return (.boosted, "boosted, as asked for")
        case .logistic, .lightGBM: return (.logistic, "logistic, as asked for")
        case nil: break
        }
        guard let boosted = validation.outcome(of: .boosted), let logistic = validation.outcome(of: .logistic),
            boosted.isBetter(than: logistic)
        else { return (.logistic, "logistic: boosting was not better in cross-validation") }
        return (.boosted, "boosted: it was better than logistic regression in cross-validation")
    }

    /// SHA-256 over the pairs, whatever their order.
    static func digest(of pairs: [LabelledPair]) -> String {
        let lines = pairs.map { pair in
            [pair.first, pair.second].sorted().joined(separator: "\0") + "\0\(pair.same)"
        }
        return WeightStore.sha256(Data(lines.sorted().joined(separator: "\n").utf8))
    }
}
