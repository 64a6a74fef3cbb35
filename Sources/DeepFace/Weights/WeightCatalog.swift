/// Everything `deepface models` knows: which files each model and detector is made of.
public enum WeightCatalog {
    /// A model or detector and its files.
    public struct Entry: Sendable {
        /// What users call it.
        public let name: String
        /// What it is, in a few words.
        public let summary: String
        public let files: [PublishedFile]
        /// The networks it is made of.
        package var networks: [StoredNetwork] = []
    }

    /// Recognition models, attribute models, the liveness model, detectors, then files that come along for later use.
    public static let all: [Entry] =
        RecognitionRegistry.all.map {
            Entry(name: $0.name, summary: "recognition: \($0.summary)", files: $0.files, networks: [$0.network])
        }
        + AttributeRegistry.all.map {
            Entry(
                name: $0.network.name, summary: "\($0.attribute.rawValue): \($0.summary)", files: $0.files,
                networks: [$0.network])
        }
        + LivenessRegistry.all.map {
            Entry(name: $0.name, summary: "liveness: \($0.summary)", files: $0.files, networks: $0.networks)
        }
        + DetectorRegistry.all.filter { !$0.files.isEmpty }
        .map { Entry(name: $0.name, summary: "detector: \($0.summary)", files: $0.files, networks: $0.networks) }
        + [
            Entry(
                name: "facemesh", summary: "landmarks: MediaPipe's face mesh, for --landmarks mesh",
                files: StoredNetwork.faceMesh.files, networks: [.faceMesh]),
            Entry(
                name: "landmarks68", summary: "landmarks: dlib's 68-point predictor",
                files: [
                    .faceRecognitionModels(
                        "shape_predictor_68_face_landmarks.dat", size: 99_693_937,
                        sha256: "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f")
                ]),
        ]

    /// The entry called `name`; capitals matter, since "Dlib" is a model and "dlib" a detector.
    public static func entry(named name: String) -> Entry? { all.first { $0.name == name } }
}
