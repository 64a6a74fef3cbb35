import Foundation
import Inference

extension DeepFace {
    /// What the faces of each photo tell. One photo's failure leaves the others' results as they are.
    ///
    /// All faces of all photos go through each model's network together.
    ///
    /// - Parameters:
    ///   - models: at most one of each attribute. Default: Python DeepFace's four.
    ///   - options: the recognition model does not matter. The eyes are made level as Python does, which also decides
    ///     where faces are found; `alignment` `none` is faster.
    public func analyze(
        _ photos: [ImageSource], models: [AttributeModel]? = nil, options: Options? = nil
    ) async -> [Result<[Analysis], DeepFaceError>] {
        await analyzePhotos(photos, models: models, options: options).map { $0.map(\.faces) }
    }

    /// As `analyze`, and the faces that were turned away for their quality.
    public func analyzePhotos(
        _ photos: [ImageSource], models: [AttributeModel]? = nil, options: Options? = nil
    ) async -> [Result<PhotoFaces<Analysis>, DeepFaceError>] {
        let models = models ?? Attribute.allCases.map(AttributeRegistry.standard)
        if let twice = Self.twice(models.map(\.attribute)) {
            let error = DeepFaceError(.invalidOption, "two models were given for \(twice.rawValue)")
            return photos.map { _ in .failure(error) }
        }
        var options = options ?? self.options
        let alignment: Alignment = options.alignment == Alignment.none ? .none : .eyes
        // Checked against what is done, not against the recognition model.
        options.alignment = alignment
        let uses = models.map { NetworkUse(stored: $0.network, length: $0.reading.length, tensor: $0.picture.tensor) }
        return await read(photos, with: uses, for: .attributes(alignment), options: options) {
            face, photo throws(DeepFaceError) in
            try Self.inputs(of: face, in: photo, for: models)
        } result: { face, rows in
            var analysis = Analysis(region: face.area, faceConfidence: face.confidence)
            for (model, row) in zip(models, rows) { analysis.note(model.reading(row), by: model) }
            return analysis
        }
    }

    /// What the faces of a photo tell.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `spoofDetected`, `weightsMissing`, `weightsDamaged`, `invalidOption`,
    ///   `cancelled`.
    public func analyze(
        _ photo: ImageSource, models: [AttributeModel]? = nil, options: Options? = nil
    ) async throws(DeepFaceError) -> [Analysis] {
        try await analyze([photo], models: models, options: options)[0].get()
    }

    static func twice(_ attributes: [Attribute]) -> Attribute? {
        attributes.first { attribute in attributes.count { $0 == attribute } > 1 }
    }
}
