import Foundation

extension Calibration {
    /// The calibration that a file holds.
    ///
    /// - Throws: `unreadableInput` when there is none.
    public init(contentsOf path: String) throws(DeepFaceError) {
        func refuse(_ reason: String) -> DeepFaceError {
            DeepFaceError(
                .unreadableInput, "the threshold cannot be read: \(reason)", input: path,
                advice: "make one with: deepface evaluate --calibrate")
        }
        let content: [UInt8]
        do throws(RegularFile.Problem) {
            content = try RegularFile.bytes(of: path, limit: 1 << 20)
        } catch {
            throw refuse(error.description)
        }
        guard let found = try? JSONDecoder().decode(Calibration.self, from: Data(content)) else {
            throw refuse("the file is not one of deepface evaluate --calibrate")
        }
        self = found
    }

    /// Writes it to a file.
    ///
    /// - Throws: `unwritableOutput`.
    public func write(to url: URL) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else {
            throw DeepFaceError(.unwritableOutput, "the threshold has no JSON", input: url.path)
        }
        try AtomicFile.write(json + Data("\n".utf8), to: url)
    }

    /// Whether the threshold means anything for distances that these options give.
    ///
    /// - Throws: `invalidOption`, naming the first thing that it was not measured with.
    public func check(_ options: Options, _ configuration: Configuration = Configuration()) throws(DeepFaceError) {
        let used = EmbeddingRecipe(options, configuration)
        let metric = options.metric ?? options.model.metric
        let differences: [(what: String, measured: String, used: String, option: String?)] = [
            ("the model", recipe.model, used.model, "--model"),
            ("the metric", self.metric.rawValue, metric.rawValue, "--metric"),
            ("the detector", recipe.detector, used.detector, "--detector"),
            ("the alignment", recipe.align.rawValue, used.align.rawValue, "--align"),
            ("the search size", recipe.detectionSize, used.detectionSize, "--detect-size"),
            ("landmarks of the", recipe.landmarks, used.landmarks, "--landmarks"),
            ("faces turned in any way:", recipe.anyRotation ? "yes" : "no", used.anyRotation ? "yes" : "no", nil),
            ("the normalization", recipe.normalization.rawValue, used.normalization.rawValue, "--normalization"),
            ("an expansion by percent of", "\(recipe.expand)", "\(used.expand)", "--expand"),
            (
                "the face limit", recipe.maximumFaces.map(String.init) ?? "none",
                used.maximumFaces.map(String.init) ?? "none", recipe.maximumFaces == nil ? nil : "--max-faces"
            ),
            (
                "a lowest quality of", "\(recipe.minimumQuality ?? 0)", "\(used.minimumQuality ?? 0)", "--min-quality"
            ),
            ("the model's weights", recipe.weights, used.weights, nil),
        ]
        for difference in differences where difference.measured != difference.used {
            let way = difference.option.map { "use \($0) \(difference.measured), or " } ?? ""
            let isDigest = difference.measured.count == 64
            throw DeepFaceError(
                .invalidOption,
                isDigest
                    ? "the threshold was measured with other weights of \(recipe.model)"
                    : "the threshold was measured with \(difference.what) \(difference.measured), "
                        + "not \(difference.used)",
                advice: "\(way)make another with: deepface evaluate --calibrate")
        }
    }
}
