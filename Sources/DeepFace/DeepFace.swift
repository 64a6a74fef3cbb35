import Foundation
import Inference
import Synchronization

/// Face recognition: a photo walks through detect, align, normalize, represent and verify, and leaves as a decision.
///
/// ```swift
/// let deepface = try DeepFace()
/// let result = try await deepface.verify("a.jpg", "b.jpg")
/// print(result.verified, result.distance, result.threshold)
/// ```
///
/// May be used from any number of tasks at once. Weights load on first use and stay; work happens on threads of its
/// own, and a cancelled task's work is dropped before its next step.
public final class DeepFace: Sendable {
    /// What a call takes that names no options of its own.
    public let options: Options
    /// Where weights lie.
    public let store: WeightStore

    /// What it was made with.
    public let configuration: Configuration
    let pool: ComputePool
    private let detectors = OnceLoader<any Detector>()
    private let livenessDetectors = OnceLoader<any LivenessDetector>()
    private let networks = OnceLoader<any Network>()
    /// Those who wait for a network, by its name.
    private let lines = Mutex<[String: SharedCalls]>([:])
    private let recognition: CompiledModels
    private let detection: CompiledModels
    private let wholeDetection: CompiledModels

    /// - Throws: `engine` when OpenVINO cannot be started. Weights are not looked for yet.
    public init(options: Options = Options(), configuration: Configuration = Configuration()) throws(DeepFaceError) {
        try options.check()
        self.options = options
        self.configuration = configuration
        store = WeightStore(home: configuration.home, checksDigests: configuration.checksDigests)
        pool = ComputePool(threads: configuration.threads)
        do throws(InferenceError) {
            // Detectors hand in many small calls at once; recognition gets one call for all faces.
            let threads = configuration.threads
            detection = CompiledModels(store: store, engine: try OpenVINOEngine(threads: threads, streams: threads))
            recognition = CompiledModels(
                store: store,
                engine: try OpenVINOEngine(threads: threads, streams: 1, precision: configuration.precision))
            // Detectors that look at the whole photo in one call; they always use 32 bits.
            wholeDetection =
                configuration.precision == .f32
                ? recognition
                : CompiledModels(store: store, engine: try OpenVINOEngine(threads: threads, streams: 1))
        } catch {
            throw DeepFaceError(.engine, "\(error)", advice: "run: deepface doctor")
        }
    }

    /// The loaded detector, looking for faces in this way.
    func detector(_ model: DetectorModel, _ search: FaceSearch) async throws(DeepFaceError) -> any Detector {
        let pool = pool
        let resources = DetectorResources(
            store: store, compiled: detection, alone: wholeDetection, parity: search.parity,
            thorough: search.size != .automatic)
        return try await detectors.value("\(model.name) \(search)") { () async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in try model.detector(search, resources) }
        }
    }

    /// The loaded detector with nothing asked of it; with `parity` as Python DeepFace runs it.
    package func detector(_ model: DetectorModel, parity: Bool = false) async throws(DeepFaceError) -> any Detector {
        try await detector(
            model, FaceSearch(parity: parity, size: .automatic, landmarks: .detector, anyRotation: false))
    }

    /// The loaded liveness detector.
    package func livenessDetector(_ model: LivenessModel) async throws(DeepFaceError) -> any LivenessDetector {
        let (detection, pool) = (detection, pool)
        return try await livenessDetectors.value(model.name) { () async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in
                var networks: [any Network] = []
                for network in model.networks { networks.append(try detection.network(network)) }
                return model.make(networks)
            }
        }
    }

    /// The loaded network, which gets many faces in one call.
    package func network(_ stored: StoredNetwork) async throws(DeepFaceError) -> any Network {
        let (recognition, pool) = (recognition, pool)
        return try await networks.value(stored.name) { () async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in try recognition.network(stored) }
        }
    }

    /// Runs a network on many inputs, a number at a time: a row of `length` finite numbers each.
    ///
    /// - Throws: `weightsDamaged` when it gives something else.
    func run<Input: Sendable>(
        _ stored: StoredNetwork, length: Int, on inputs: [Input], _ tensor: @escaping @Sendable ([Input]) -> Tensor
    ) async throws(DeepFaceError) -> [ArraySlice<Float>] {
        guard !inputs.isEmpty else { return [] }
        let network = try await network(stored)
        var rows: [ArraySlice<Float>] = []
        for start in stride(from: 0, to: inputs.count, by: Self.batch) {
            let part = Array(inputs[start..<min(start + Self.batch, inputs.count)])
            let output = try await call(network, stored.name, part.count) { tensor(part) }
            guard output.shape == [part.count, length], output.values.allSatisfy(\.isFinite) else {
                let words = output.shape.map(String.init).joined(separator: " × ")
                throw DeepFaceError(
                    .weightsDamaged,
                    "the network \(stored.name) gives \(words) numbers for \(part.count) × \(length), or not all are finite",
                    advice: "check that its weights are the right ones")
            }
            rows += output.rows
        }
        return rows
    }

    /// Runs a network on inputs, together with those that other tasks have in line for it.
    private func call(
        _ network: any Network, _ name: String, _ count: Int, input: @escaping @Sendable () -> Tensor
    ) async throws(DeepFaceError) -> Tensor {
        if Task.isCancelled { throw .cancelled }
        let line = lines.withLock { lines in
            let line = lines[name] ?? SharedCalls(limit: Self.batch)
            lines[name] = line
            return line
        }
        let (configuration, pool) = (configuration, pool)
        let outcome = await withCheckedContinuation { continuation in
            line.add(count, input: input) { continuation.resume(returning: $0) }
            pool.submit {
                line.work { input throws(InferenceError) in
                    try configuration.timing(.network, count: input.shape[0]) { () throws(InferenceError) in
                        try network(input)[0]
                    }
                }
            }
        }
        switch outcome {
        case .success(let output): return output
        case .failure(let error): throw DeepFaceError(.engine, "\(error)")
        }
    }

    /// Faces that go through a network together.
    private static let batch = 32

    /// A network as one ONNX file with its weights inside, which other engines open too.
    ///
    /// - Parameter name: a model's, or one network's of a model that has several.
    /// - Throws: `invalidOption` when no network is called so, `weightsMissing`, `weightsDamaged`.
    public func exportedNetwork(named name: String) async throws(DeepFaceError) -> Data {
        let networks = WeightCatalog.all.flatMap { entry in
            entry.networks.filter(\.isONNX)
                .map { (name: entry.networks.count == 1 ? entry.name : $0.name, network: $0) }
        }
        guard let found = networks.first(where: { $0.name == name }) else {
            throw DeepFaceError(
                .invalidOption, "no network is called '\(name)'",
                advice: "choose one of \(networks.map(\.name).joined(separator: ", "))")
        }
        let recognition = recognition
        return try await pool.run { () throws(DeepFaceError) in try recognition.exported(found.network) }
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
