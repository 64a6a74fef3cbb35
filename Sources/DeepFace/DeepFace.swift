import Foundation
import Inference

/// Face recognition: a photo walks through detect, align, normalize, represent and verify, and leaves as a decision.
///
/// ```swift
/// let deepface = try DeepFace()
/// let result = try await deepface.verify("a.jpg", "b.jpg")
/// print(result.verified, result.distance, result.threshold)
/// ```
///
/// May be used from any number of tasks at once. Weights load on first use and stay; work happens on threads of its own,
/// and a cancelled task's work is dropped before its next step.
public final class DeepFace: Sendable {
    /// What a call takes that names no options of its own.
    public let options: Options
    /// Where weights lie.
    public let store: WeightStore

    let configuration: Configuration
    let pool: ComputePool
    private let detectors = OnceLoader<any Detector>()
    private let networks = OnceLoader<any Network>()
    private let recognition: CompiledModels
    private let detection: CompiledModels

    /// - Throws: `engine` when OpenVINO cannot be started. Weights are not looked for yet.
    public init(options: Options = Options(), configuration: Configuration = Configuration()) throws(DeepFaceError) {
        try options.check()
        self.options = options
        self.configuration = configuration
        store = WeightStore(home: configuration.home)
        pool = ComputePool(threads: configuration.threads)
        do throws(InferenceError) {
            // Detectors hand in many small calls at once; recognition gets one call for all faces.
            let threads = configuration.threads
            detection = CompiledModels(store: store, engine: try OpenVINOEngine(threads: threads, streams: threads))
            recognition = CompiledModels(
                store: store,
                engine: try OpenVINOEngine(threads: threads, streams: 1, precision: configuration.precision))
        } catch {
            throw DeepFaceError(.engine, "\(error)", advice: "run: deepface doctor")
        }
    }

    /// The loaded detector.
    func detector(for options: Options) async throws(DeepFaceError) -> any Detector {
        let (model, pool) = (options.detector, pool)
        let resources = DetectorResources(
            store: store, compiled: detection, predictsLandmarks: options.alignment == .landmarks)
        return try await detectors.value("\(model.name) \(resources.predictsLandmarks)") {
            () async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in try model.load(resources) }
        }
    }

    /// The loaded network of a model.
    func network(of model: RecognitionModel) async throws(DeepFaceError) -> any Network {
        let (recognition, pool) = (recognition, pool)
        return try await networks.value(model.name) { () async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in
                // The model's own file is the first; the others serve alignment and load when that needs them.
                try recognition.network(model.name, from: [model.files[0]], build: model.build)
            }
        }
    }
}

/// What `body` returns or throws, as a value: concurrent work keeps its typed error this way.
func outcome<Success: Sendable>(
    _ body: @Sendable () async throws(DeepFaceError) -> Success
) async -> Result<Success, DeepFaceError> {
    do throws(DeepFaceError) {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}
