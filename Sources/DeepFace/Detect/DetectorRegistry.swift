/// The detectors there are. A new one is its own file and one line here.
public enum DetectorRegistry {
    public static let all: [DetectorModel] =
        [
            .mtcnn,
            .fastMTCNN,
            .yunet,
            .ssd,
            .mediapipe,
            .mediapipeFull,
            .retinaface,
            .retinafaceMobileNet,
            .scrfd,
            .centerFace,
            .opencv,
            .dlib,
            .dlibCNN,
        ] + DetectorModel.yolo + [.skip]

    /// The detector called `name`, whatever its capitals.
    ///
    /// - Throws: `invalidOption`, listing the names there are.
    public static func detector(named name: String) throws(DeepFaceError) -> DetectorModel {
        guard let found = all.first(where: { $0.name == name.lowercased() }) else {
            throw DeepFaceError(
                .invalidOption, "no detector is called '\(name)'",
                advice: "choose one of \(all.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}
