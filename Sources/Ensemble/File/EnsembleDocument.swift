import DeepFace

/// An ensemble as JSON: what its file holds below the first line.
struct EnsembleDocument: Codable {
    let kind: Ensemble.Kind
    let threshold: Double
    let members: [EnsembleMember]
    let features: [Ensemble.Feature]
    let training: TrainingReport?
    let logistic: LogisticModel?
    /// XGBoost's JSON, or LightGBM's text.
    let trees: String?

    init(_ ensemble: Ensemble) {
        kind = ensemble.kind
        threshold = ensemble.threshold
        members = ensemble.members
        features = ensemble.features
        training = ensemble.training
        switch ensemble.model {
        case .boosted(let model): (logistic, trees) = (nil, model.json)
        case .logistic(let model): (logistic, trees) = (model, nil)
        case .lightGBM(let model): (logistic, trees) = (nil, model.text)
        }
    }

    /// - Throws: `unreadableInput` when its parts do not fit each other.
    func ensemble() throws(DeepFaceError) -> Ensemble {
        func refuse(_ reason: String) -> DeepFaceError { DeepFaceError(.unreadableInput, reason) }
        guard !features.isEmpty, features.allSatisfy({ members.indices.contains($0.member) }) else {
            throw refuse("its features are not those of its members")
        }
        guard (0...1).contains(threshold) else { throw refuse("its threshold \(threshold) is no probability") }
        let model = try model()
        guard model.features == features.count else {
            throw refuse("it has \(features.count) features, and its model takes \(model.features)")
        }
        return Ensemble(
            members: members, features: features.map { ($0.member, $0.metric) }, model: model, threshold: threshold,
            training: training)
    }

    private func model() throws(DeepFaceError) -> PairModel {
        switch (kind, logistic, trees) {
        case (.logistic, let model?, _):
            let numbers = model.means + model.deviations + model.weights + [model.bias]
            guard model.means.count == model.weights.count, model.deviations.count == model.weights.count,
                numbers.allSatisfy(\.isFinite), model.deviations.allSatisfy({ $0 > 0 })
            else { throw DeepFaceError(.unreadableInput, "its logistic regression makes no sense") }
            return .logistic(model)
        case (.boosted, _, let trees?): return .boosted(try BoostedTrees(json: trees, features: features.count))
        case (.lightGBM, _, let trees?): return .lightGBM(try LightGBMModel(text: trees))
        default: throw DeepFaceError(.unreadableInput, "its model is missing")
        }
    }
}
