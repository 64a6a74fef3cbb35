import DeepFace

/// One pipeline for all tests, so that weights load once.
enum TestPipeline {
    static let deepface: DeepFace = {
        do { return try DeepFace() } catch { fatalError("\(error)") }
    }()
}
