import DeepFace
import Ensemble

extension Route {
    static let models = Route(.get, "/v1/models", .role(.read)) { call in
        try Reply.json(ModelsReply(call.backend.deepface, call.backend.ensembles))
    }
}

private struct ModelsReply: Encodable {
    let defaults: Defaults
    let recognition: [Recognition]
    let detectors: [DetectorEntry]
    let attributes: [AttributeEntry]
    let ensembles: [EnsembleEntry]
    let files: [File]

    struct Defaults: Encodable {
        let model, detector: String
        let align: Alignment
    }

    struct Recognition: Encodable {
        let name: String
        let dimensions: Int
        let available: Bool
        let thresholds: [String: Double]
    }

    struct DetectorEntry: Encodable {
        let name: String
        let available: Bool
    }

    struct AttributeEntry: Encodable {
        let name: Attribute
        let model: String
        let available: Bool
    }

    struct EnsembleEntry: Encodable {
        let name: String
        let kind: Ensemble.Kind
        let features: [String]
    }

    struct File: Encodable {
        let model, file: String
        let available: Bool
        let licence, source: String
        let size: Int?
    }

    init(_ deepface: DeepFace, _ ensembles: [String: EnsembleVerifier]) {
        func isThere(_ files: [PublishedFile]) -> Bool {
            files.allSatisfy { deepface.store.glance(at: $0) == .present }
        }
        let options = deepface.options
        defaults = Defaults(
            model: options.model.name, detector: options.detector.name,
            align: options.alignment ?? options.model.alignment)
        recognition = RecognitionRegistry.all.map { model in
            let thresholds = DistanceMetric.allCases.compactMap { metric in
                model.thresholds[metric].map { (metric.rawValue, $0) }
            }
            return Recognition(
                name: model.name, dimensions: model.dimensions, available: isThere(model.files),
                thresholds: Dictionary(uniqueKeysWithValues: thresholds))
        }
        detectors = DetectorRegistry.all.map { DetectorEntry(name: $0.name, available: isThere($0.files)) }
        attributes = AttributeRegistry.all.map {
            AttributeEntry(name: $0.attribute, model: $0.name, available: isThere($0.files))
        }
        self.ensembles = ensembles.sorted { $0.key < $1.key }.map { name, verifier in
            EnsembleEntry(
                name: name, kind: verifier.ensemble.kind, features: verifier.ensemble.features.map(\.name))
        }
        files = WeightCatalog.all.flatMap { entry in
            entry.files.map { file in
                File(
                    model: entry.name, file: file.name, available: isThere([file]), licence: file.licence,
                    source: "\(file.source)", size: file.size)
            }
        }
    }
}
