import DeepFace
import Foundation

extension Ensemble {
    /// The features of Python DeepFace's Boosted LightFace, in its order: three metrics of four models, without OpenFace's
    /// euclidean distance, which says what euclidean_l2 says.
    public static let boostedLightFace: [(model: String, metric: DistanceMetric)] =
        ["VGG-Face", "Facenet", "OpenFace", "DeepFace"].flatMap { model in
            [DistanceMetric.cosine, .euclidean, .euclideanL2].map { (model: model, metric: $0) }
        }
        .filter { $0.model != "OpenFace" || $0.metric != .euclidean }

    /// An ensemble out of a text model that LightGBM has written. At probability 0.5 it takes a pair for one person, as
    /// Python DeepFace does.
    ///
    /// - Parameters:
    ///   - features: what the model's features are, in its order.
    ///   - options: how faces are found and prepared for every model; where they name no alignment, a model's own.
    ///   - configuration: what embeds. The weights must be there: their digests are kept with the ensemble.
    /// - Throws: `unreadableInput` when the file is no such model or takes another number of features; `invalidOption`,
    ///   `weightsMissing`.
    public init(
        lightGBM path: String, features: [(model: String, metric: DistanceMetric)], options: Options,
        configuration: Configuration = Configuration()
    ) throws(DeepFaceError) {
        let model: LightGBMModel
        do throws(DeepFaceError) {
            let bytes: [UInt8]
            do throws(RegularFile.Problem) {
                bytes = try RegularFile.bytes(of: path, limit: 1 << 28)
            } catch {
                throw DeepFaceError(.unreadableInput, "the LightGBM model cannot be used: \(error)")
            }
            model = try LightGBMModel(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw DeepFaceError(error.code, error.message, input: path, advice: error.advice)
        }
        guard model.features == features.count else {
            throw DeepFaceError(
                .unreadableInput, "the model takes \(model.features) features, and \(features.count) are named",
                input: path,
                advice: model.names.isEmpty ? nil : "it calls them \(model.names.joined(separator: ", "))")
        }
        var members: [EnsembleMember] = []
        var places: [(member: Int, metric: DistanceMetric)] = []
        for feature in features {
            var options = options
            options.model = try RecognitionRegistry.model(named: feature.model)
            if options.alignment == .landmarks, options.model.template == nil { options.alignment = nil }
            try EnsembleMember.checkWeights(options, configuration)
            let source = feature.model.lowercased().hasPrefix("onnx:") ? feature.model : nil
            let member = EnsembleMember(recipe: EmbeddingRecipe(options, configuration), source: source)
            if !members.contains(member) { members.append(member) }
            places.append((members.firstIndex(of: member) ?? 0, feature.metric))
        }
        self.init(members: members, features: places, model: .lightGBM(model), threshold: 0.5)
    }
}
