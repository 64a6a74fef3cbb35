/// The recognition models there are. A new one is its own file and one line here.
public enum RecognitionRegistry {
    public static let all: [RecognitionModel] = [
        .dlib
    ]

    /// The model called `name`, whatever its capitals.
    ///
    /// - Throws: `invalidOption`, listing the names there are.
    public static func model(named name: String) throws(DeepFaceError) -> RecognitionModel {
        guard let found = all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw DeepFaceError(
                .invalidOption, "no recognition model is called '\(name)'",
                advice: "choose one of \(all.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}
