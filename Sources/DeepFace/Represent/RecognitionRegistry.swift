/// The recognition models there are. A new one is its own file and one line here.
public enum RecognitionRegistry {
    public static let all: [RecognitionModel] = [
        .vggFace,
        .facenet,
        .facenet512,
        .openFace,
        .deepFace,
        .deepID,
        .dlib,
        .arcFace,
        .sFace,
        .ghostFaceNet,
        .buffaloL,
    ]

    /// The model called `name`, whatever its capitals; `onnx:PATH` is a network of one's own.
    ///
    /// - Throws: `invalidOption`, listing the names there are; as `RecognitionModel(onnx:)`.
    public static func model(named name: String) throws(DeepFaceError) -> RecognitionModel {
        if name.lowercased().hasPrefix("onnx:") { return try RecognitionModel(onnx: String(name.dropFirst(5))) }
        guard let found = all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw DeepFaceError(
                .invalidOption, "no recognition model is called '\(name)'",
                advice: "choose one of \(all.map(\.name).joined(separator: ", ")), or onnx:PATH")
        }
        return found
    }
}
