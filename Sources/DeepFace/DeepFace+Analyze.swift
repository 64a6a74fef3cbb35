import Foundation
import Inference

extension DeepFace {
    /// What the faces of each photo tell. One photo's failure leaves the others' results as they are.
    ///
    /// All faces of all photos go through each model's network together.
    ///
    /// - Parameters:
    ///   - models: at most one of each attribute. Default: Python DeepFace's four.
    ///   - options: the recognition model does not matter. `alignment` `nil` and `landmarks` make the eyes level for
    ///     models that are shown the aligned face, and do nothing for those that cut their own.
    public func analyze(
        _ photos: [ImageSource], models: [AttributeModel]? = nil, options: Options? = nil
    ) async -> [Result<[Analysis], DeepFaceError>] {
        let models = models ?? Attribute.allCases.map(AttributeRegistry.standard)
        var options = options ?? self.options
        let alignment: Alignment =
            options.alignment == Alignment.none || !models.contains(where: \.picture.aligned) ? .none : .eyes
        // Checked against what is done, not against the recognition model.
        options.alignment = alignment
        let found = await faces(of: photos, for: .attributes(alignment), options: options) {
            face, photo throws(DeepFaceError) in
            try face.refuseSpoof()
            var pictures: [[Float]] = []
            for model in models { pictures.append(try model.picture.values(face, photo)) }
            return (pictures: pictures, area: face.area, score: face.score)
        }
        let read = await outcome { () async throws(DeepFaceError) in
            if let twice = Self.twice(models.map(\.attribute)) {
                throw DeepFaceError(.invalidOption, "two models were given for \(twice.rawValue)")
            }
            let faces = found.compactMap { try? $0.get() }.flatMap(\.self)
            var readings: [[AttributeReading]] = []
            for (index, model) in models.enumerated() {
                let rows = try await self.run(
                    model.network, on: faces.map { $0.pictures[index] }, model.picture.tensor)
                readings.append(rows.map { model.reading($0) })
            }
            return readings
        }
        guard case .success(let readings) = read else {
            return found.map { result in result.flatMap { _ in read.map { _ in [] } } }
        }
        var next = 0
        return found.map { result in
            result.map { faces in
                faces.map { face in
                    defer { next += 1 }
                    var analysis = Analysis(region: face.area, faceConfidence: face.score.rounded(toPlaces: 2))
                    for (model, rows) in zip(models, readings) { analysis.note(rows[next], by: model) }
                    return analysis
                }
            }
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

    private static func twice(_ attributes: [Attribute]) -> Attribute? {
        attributes.first { attribute in attributes.count { $0 == attribute } > 1 }
    }
}
